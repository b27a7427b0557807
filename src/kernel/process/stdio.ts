import { OfdFlag, OfdKind, Ring, type FdTable } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { SpawnReply } from '../../shared/abi/index.ts';
import { InputPump, OutputPump, type Pump } from './byte-pumps.ts';
import type { Descriptors } from './descriptors.ts';

/** Where a process's streams come from: descriptors 0, 1 and 2, and for a built-in program others. */
export type Stdio =
  /** Streams of the window: ports in the reply. */
  | { kind: 'pipe'; stdin?: Uint8Array | 'stream' }
  /** Arena address of the terminal. */
  | { kind: 'tty'; address: number }
  /** Descriptions that another process has; they get one more reference each. */
  | { kind: 'inherit'; ofds: readonly (readonly [fd: number, ofd: number])[] };

export interface StdioResult {
  pumps: Pump[];
  ports: Pick<SpawnReply, 'stdin' | 'stdout' | 'stderr'>;
}

/** Bytes of a pipe; standard output is where much goes through, and its reader is a realm away. */
const PIPE_BYTES = 64 * 1024;
const OUTPUT_BYTES = 256 * 1024;

function newRing(descriptors: Descriptors, bytes: number): number {
  const ring = Ring.create(descriptors.arena, bytes);
  if (ring === 0) throw new FsError('ENOMEM', 'spawn', undefined, { detail: 'shared memory is full' });
  return ring;
}

/** Installs the streams. What was installed before a failure is closed with the table. @throws FsError ENOMEM, ENFILE */
export function installStdio(descriptors: Descriptors, fds: FdTable, stdio: Stdio): StdioResult {
  if (stdio.kind === 'pipe') return installPipes(descriptors, fds, stdio.stdin);
  if (stdio.kind === 'tty') {
    for (const fd of [0, 1, 2]) fds.set(fd, descriptors.create(OfdKind.TTY, stdio.address, OfdFlag.READ | OfdFlag.WRITE));
  } else {
    for (const [fd, ofd] of stdio.ofds) {
      descriptors.files.retain(ofd);
      fds.set(fd, ofd);
    }
  }
  return { pumps: [], ports: {} };
}

function installPipes(descriptors: Descriptors, fds: FdTable, stdin: Uint8Array | 'stream' | undefined): StdioResult {
  const input = installInput(descriptors, fds, stdin);
  const [out, err] = [installOutput(descriptors, fds, 1), installOutput(descriptors, fds, 2)];
  const ports: StdioResult['ports'] = { stdout: out.port, stderr: err.port };
  if (input.port) ports.stdin = input.port;
  return { pumps: [...input.pumps, out.pump, err.pump], ports };
}

function installInput(descriptors: Descriptors, fds: FdTable, stdin: Uint8Array | 'stream' | undefined): { pumps: Pump[]; port?: MessagePort } {
  const ring = newRing(descriptors, PIPE_BYTES);
  fds.set(0, descriptors.create(OfdKind.PIPE_READ, ring, OfdFlag.READ));
  if (stdin === undefined) return { pumps: [] };
  if (stdin !== 'stream') {
    const pump = new InputPump(descriptors.arena, ring, stdin);
    pump.pump();
    return { pumps: [pump] };
  }
  const { port1, port2 } = new MessageChannel();
  return { pumps: [new InputPump(descriptors.arena, ring, port1)], port: port2 };
}

function installOutput(descriptors: Descriptors, fds: FdTable, fd: number): { pump: Pump; port: MessagePort } {
  const ring = newRing(descriptors, fd === 1 ? OUTPUT_BYTES : PIPE_BYTES);
  fds.set(fd, descriptors.create(OfdKind.PIPE_WRITE, ring, OfdFlag.WRITE));
  const { port1, port2 } = new MessageChannel();
  return { pump: new OutputPump(descriptors.arena, ring, port1), port: port2 };
}
