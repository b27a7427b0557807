import type { ExitStatus, SpawnOptions } from '../shared/abi/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import type { Machine } from './machine.ts';

/** A program that runs on, with what it has written so far. */
export interface RunningProgram {
  readonly pid: number;
  stdout: string;
  stderr: string;
  /** Ends it; resolves with its end once all of its output is there. */
  kill(): Promise<ExitStatus & { stdout: string; stderr: string }>;
}

/** Starts a program of the namespace without input. */
export async function startProgram(machine: Machine, module: string, options: Partial<SpawnOptions> = {}): Promise<RunningProgram> {
  const { pid, stdout, stderr } = await machine.api.spawn({ stdio: 'pipe', stdin: new Uint8Array(0), ...options, module });
  const program: RunningProgram = {
    pid, stdout: '', stderr: '',
    async kill() {
      await machine.api.kill(pid, 'KILL');
      const status = await machine.api.wait(pid);
      await ends;
      return { ...status, stdout: program.stdout, stderr: program.stderr };
    },
  };
  const collect = async (port: MessagePort, name: 'stdout' | 'stderr'): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const bytes of receiveBytes(port)) program[name] += decoder.decode(bytes, { stream: true });
  };
  const ends = Promise.all([collect(stdout!, 'stdout'), collect(stderr!, 'stderr')]);
  return program;
}
