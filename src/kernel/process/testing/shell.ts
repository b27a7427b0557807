import type { Identity, SyscallRequest, SyscallValues, TtyToWindow } from '../../../shared/abi/index.ts';
import { Tty } from '../../../shared/arena/index.ts';
import { EMPTY_COMMAND, turn, type Guest, type Program, type Rig } from './rig.ts';

type Request<Op extends SyscallRequest['op']> = Extract<SyscallRequest, { op: Op }>;

/** Path of a module that every test's children can be; what they do is the rig's program of the name `argv[0]`. */
export const CHILD = '/home/child.wasm';

/** Programs of children: `ends` with the status of its argument, `stays` until it is ended, and is then in `guests` by its pid. */
export function children(guests: Map<number, Guest>): Record<'ends' | 'stays', Program> {
  return {
    ends: ({ run, exit }) => exit(Number(run.args[1] ?? 0)),
    stays: (guest) => void guests.set(guest.run.pid, guest),
  };
}

/** Waits until a child that stays is there. */
export async function startedIn(guests: ReadonlyMap<number, Guest>, pid: number): Promise<Guest> {
  for (let tries = 0; !guests.has(pid) && tries < 400; tries++) await turn(1);
  return guests.get(pid)!;
}

/** The code of the error with which a call fails, or `done`. */
export function refused(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'done', (error: { code?: string }) => error.code ?? String(error));
}

/** A terminal of the rig with the shell in it, whose system calls the test makes. */
export class RigShell {
  readonly rig: Rig;
  readonly guest: Guest;
  readonly pid: number;
  readonly terminal: Tty;
  readonly id: number;
  readonly #port: MessagePort;
  #shown = '';

  private constructor(rig: Rig, guest: Guest, { tty, pid, port }: { tty: number; pid: number; port: MessagePort }) {
    this.rig = rig;
    this.guest = guest;
    this.pid = pid;
    this.id = tty;
    this.terminal = new Tty(rig.arena, rig.api.terminals.address(tty));
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<TtyToWindow>) => {
      if (data.type === 'output') this.#shown += new TextDecoder().decode(data.data);
    };
  }

  /** Writes `CHILD`; `close` removes it. */
  static async open(rig: Rig): Promise<RigShell> {
    let started: Guest | undefined;
    const { sh } = rig.programs;
    rig.programs['sh'] = (guest) => void (started = guest);
    const opened = await rig.api.openTty({ columns: 80, rows: 24 });
    while (!started) await turn(1);
    if (sh) rig.programs['sh'] = sh;
    await rig.files.writeFile(CHILD, EMPTY_COMMAND);
    return new RigShell(rig, started, opened);
  }

  /** Ends every process, this one last. Returns what is left behind then, which should be nothing. */
  async endAll(): Promise<unknown[]> {
    const { processes } = this.rig;
    await Promise.allSettled(processes.running().filter(({ pid }) => pid !== this.pid).map(({ pid }) => processes.kill(pid, 'KILL')));
    await this.close();
    await turn(30);
    const wrong = this.rig.leaks();
    processes.dispose();
    return wrong;
  }

  get shown(): string {
    return this.#shown;
  }

  call<Op extends SyscallRequest['op']>(request: Request<Op>, guest = this.guest): Promise<SyscallValues[Op]> {
    return Promise.resolve().then(() => this.rig.syscalls.handle(guest.run.pcb, request, new Uint8Array(0))).then(({ value }) => (value ?? null) as SyscallValues[Op]);
  }

  spawn(name: string, more: Partial<Request<'spawn'>> = {}, guest = this.guest): Promise<number> {
    return this.call<'spawn'>({ op: 'spawn', path: CHILD, argv: [name], env: {}, cwd: '/home', ...more }, guest);
  }

  wait(more: Partial<Request<'wait'>> = {}): Promise<SyscallValues['wait']> {
    return this.call<'wait'>({ op: 'wait', pid: -1, ...more });
  }

  kill(pid: number, signal: string): Promise<null> {
    return this.call<'kill'>({ op: 'kill', pid, signal });
  }

  identity(pid = 0): Promise<Identity> {
    return this.call<'identity'>({ op: 'identity', pid });
  }

  async type(text: string): Promise<void> {
    this.#port.postMessage({ type: 'input', data: new TextEncoder().encode(text) });
    await turn(10);
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.#port.postMessage({ type: 'resize', columns, rows });
    await turn(10);
  }

  async close(): Promise<void> {
    await this.rig.api.closeTty(this.id);
    this.#port.close();
    await this.rig.files.rm(CHILD);
  }
}
