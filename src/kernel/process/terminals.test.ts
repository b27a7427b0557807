import type { SyscallRequest } from '../../shared/abi/index.ts';
import { afterEach, describe, expect, test } from 'vitest';
import type { TtyToWindow } from '../../shared/abi/index.ts';
import { Pcb, Tty, TtyMode, pcbOfSlot } from '../../shared/arena/index.ts';
import { EMPTY_COMMAND, Rig, turn, type Guest, type Program } from './testing/rig.ts';

let rig: Rig;
const start = async (programs: Record<string, Program>): Promise<Rig> => (rig = await Rig.make(programs));

afterEach(async () => {
  await turn(600);
  const wrong = rig.leaks();
  rig.processes.dispose();
  expect(wrong).toEqual([]);
});

interface Window {
  tty: number;
  pid: number;
  text(): string;
  type(text: string): void;
  closed(): boolean;
}

async function open(): Promise<Window> {
  const { tty, pid, port } = await rig.api.openTty({ columns: 80, rows: 24 });
  let shown = '';
  let closed = false;
  port.onmessage = ({ data }) => {
    const message = data as TtyToWindow;
    if (message.type === 'closed') closed = true;
    else {
      shown += new TextDecoder().decode(message.data);
      port.postMessage({ type: 'ack', bytes: message.data.length });
    }
  };
  await turn();
  return {
    tty, pid, text: () => shown, closed: () => closed,
    type: (text) => port.postMessage({ type: 'input', data: new TextEncoder().encode(text) }),
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 200; tries++) {
    rig.api.pump();
    await turn(5);
  }
  expect(condition()).toBe(true);
}

describe('terminals', () => {
  test('a prompt runs in it; closing ends it and tells the window', async () => {
    await start({ sh: ({ write }) => void write(1, 'hello\n') });
    const window = await open();
    await until(() => window.text() === 'hello\r\n');
    expect(rig.processes.info(window.pid)).toMatchObject({ name: 'sh', tty: window.tty });
    await rig.api.closeTty(window.tty);
    await until(() => window.closed());
    expect(await rig.api.wait(window.pid)).toMatchObject({ signal: 'HUP' });
  });

  test('a prompt that ends is started again, but not forever', async () => {
    let starts = 0;
    await start({
      sh: ({ exit }) => {
        starts++;
        exit(9);
      },
    });
    const window = await open();
    await until(() => window.text().includes('is not started again'));
    expect(starts).toBe(6);
    await rig.api.closeTty(window.tty);
  });

  test('JC5 a prompt that was left closes its terminal while there is another; the last one is started again', async () => {
    const prompts: Guest[] = [];
    await start({ sh: (guest) => void prompts.push(guest) });
    const [first, second] = [await open(), await open()];
    prompts[1]!.exit(0);
    await until(() => second.closed());
    expect(rig.api.terminals.session(second.tty)).toBeUndefined();
    prompts[0]!.exit(0);
    await until(() => prompts.length === 3);
    expect(first.closed()).toBe(false);
    await rig.api.closeTty(first.tty);
  });

  test('Ctrl-C ends the program in the foreground, not the prompt, and the mode comes back', async () => {
    const prompts: Guest[] = [];
    await start({ sh: (guest) => void prompts.push(guest), program: () => {} });
    const window = await open();
    const prompt = prompts[0]!;
    await rig.files.writeFile('/home/program.wasm', EMPTY_COMMAND);
    const tty = new Tty(rig.arena, rig.api.terminals.address(window.tty));
    await rig.syscalls.handle(prompt.run.pcb, { op: 'tty-mode', fd: 0, raw: true }, new Uint8Array(0));
    expect(tty.mode).toBe(TtyMode.RAW);
    const reply = await rig.syscalls.handle(prompt.run.pcb, {
      op: 'spawn', path: '/home/program.wasm', argv: ['program'], env: {}, cwd: '/home', group: 0, foreground: true,
    }, new Uint8Array(0));
    const pid = reply.value as number;
    expect([tty.mode, rig.processes.info(pid)?.ppid]).toEqual([TtyMode.COOKED, window.pid]);
    const ended = rig.syscalls.handle(prompt.run.pcb, { op: 'wait', pid }, new Uint8Array(0));
    window.type('\x03');
    expect((await ended).value).toMatchObject({ state: 'exited', status: { code: 130, signal: 'INT' } });
    expect(tty.mode).toBe(TtyMode.RAW);
    expect(rig.processes.info(window.pid)).toBeDefined();
    await rig.files.rm('/home/program.wasm');
    await rig.api.closeTty(window.tty);
  });

  test('a program of the window can use a terminal too', async () => {
    await start({ program: ({ write, exit }) => exit(write(1, 'to the terminal')) });
    const window = await open();
    const { slot } = rig.processes.get(window.pid)!.handle;
    rig.arena.i32[(pcbOfSlot(slot) >>> 2) + Pcb.WAITING] = 1;
    const { pid, stdout } = await rig.api.spawn({ module: EMPTY_COMMAND, name: 'program', stdio: 'tty', tty: window.tty });
    expect(stdout).toBeUndefined();
    expect(await rig.api.wait(pid)).toMatchObject({ code: 15 });
    await until(() => window.text() === 'program\r\nto the terminal');
    await rig.api.closeTty(window.tty);
  });

  test('what cannot be run is a child that ended at once, and says why', async () => {
    const prompts: Guest[] = [];
    await start({ sh: (guest) => void prompts.push(guest) });
    const window = await open();
    await rig.files.writeFile('/home/text', new TextEncoder().encode('hello world'));
    const request: SyscallRequest = { op: 'spawn', path: '/home/text', argv: ['text'], env: {}, cwd: '/home', foreground: true };
    const { value } = await rig.syscalls.handle(prompts[0]!.run.pcb, request, new Uint8Array(0));
    const status = await rig.syscalls.handle(prompts[0]!.run.pcb, { op: 'wait', pid: value as number }, new Uint8Array(0));
    expect(status.value).toMatchObject({ status: { code: 126, reason: 'error', message: expect.stringContaining('not WebAssembly') } });
    await rig.files.rm('/home/text');
    await rig.api.closeTty(window.tty);
  });
});
