import { STREAM_WINDOW } from '../../shared/link/index.ts';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import type { ExitStatus, ProcessInfo, SpawnOptions } from '../../shared/abi/index.ts';
import { Pcb } from '../../shared/arena/index.ts';
import { EMPTY_COMMAND, Rig, collect, turn, type Program } from './testing/rig.ts';

let rig: Rig;
const start = async (programs: Record<string, Program>): Promise<Rig> => (rig = await Rig.make(programs));
const spawn = (name: string, more: Partial<SpawnOptions> = {}) => rig.api.spawn({ module: EMPTY_COMMAND, name, ...more });

afterEach(async () => {
  await Promise.allSettled(rig.processes.running().map(({ pid }) => rig.processes.kill(pid, 'KILL')));
  await turn(20);
  const wrong = rig.leaks();
  rig.processes.dispose();
  expect(wrong).toEqual([]);
});

describe('launch and end', () => {
  test('PR1: a program gets its arguments, writes to pipes, ends with its code', async () => {
    await start({
      hello: ({ run, write, exit }) => {
        write(1, `${run.args.join(' ')} in ${run.cwd}\n`);
        write(2, run.env.join(' '));
        exit(3);
      },
    });
    const { pid, stdout, stderr, stdin } = await spawn('hello', { args: ['wörld', ''], env: { A: '1' } });
    expect(stdin).toBeUndefined();
    const [out, err, status] = await Promise.all([collect(stdout!), collect(stderr!), rig.api.wait(pid)]);
    expect([out, err]).toEqual(['hello wörld  in /home\n', 'PWD=/home A=1']);
    expect(status).toMatchObject({ code: 3, reason: 'exit', signal: null });
    expect(status.duration).toBeGreaterThan(0);
  });

  test('PR2: spawn and exit are told on the bus, in this order', async () => {
    await start({ p: ({ exit }) => exit(0) });
    const seen: [string, unknown][] = [];
    rig.bus.subscribe('proc.*.*', ({ subject, data }) => seen.push([subject, data]));
    const { pid, stdout, stderr } = await spawn('p');
    await Promise.all([rig.api.wait(pid), collect(stdout!), collect(stderr!)]);
    await turn();
    expect(seen.map(([subject]) => subject)).toEqual([`proc.${pid}.spawn`, `proc.${pid}.exit`]);
    expect(seen[0]![1] as ProcessInfo).toMatchObject({ pid, name: 'p', openFiles: 5, tty: null });
    expect(seen[1]![1] as ExitStatus).toMatchObject({ code: 0 });
  });

  test('PR3: the status is kept, pids are not used again, children go to nobody', async () => {
    await start({ p: ({ exit }) => exit(1) });
    const first = await spawn('p');
    await rig.api.wait(first.pid);
    const second = await spawn('p');
    expect(second.pid).toBeGreaterThan(first.pid);
    await rig.api.wait(second.pid);
    expect(await rig.api.wait(first.pid)).toMatchObject({ code: 1 });
    expect(rig.api.list().map(({ pid, state }) => [pid, state])).toEqual([[second.pid, 'exited'], [first.pid, 'exited']]);
    await expect(rig.api.wait(999)).rejects.toThrow(/ESRCH/);
    for (const { stdout, stderr } of [first, second]) await Promise.all([collect(stdout!), collect(stderr!)]);
  });

  test('PR4: a trap and a broken worker are ends as well, and the worker is replaced', async () => {
    await start({ trap: ({ exit }) => exit(134, 'trap', 'unreachable') });
    const trapped = await spawn('trap');
    expect(await rig.api.wait(trapped.pid)).toMatchObject({ code: 134, reason: 'trap', message: 'unreachable' });
    const broken = await spawn('not-there');
    expect(await rig.api.wait(broken.pid)).toMatchObject({ reason: 'error', message: 'no program not-there' });
    for (const { stdout, stderr } of [trapped, broken]) await Promise.all([collect(stdout!), collect(stderr!)]);
    expect(rig.workers.filter((worker) => worker.terminated).length).toBe(2);
    await expect.poll(() => rig.pool.idle).toBeGreaterThanOrEqual(2);
  });

  test('PR7: workers serve again after a clean end', async () => {
    await start({ p: ({ exit }) => exit(0) });
    for (let n = 0; n < 10; n++) {
      const { pid, stdout, stderr } = await spawn('p');
      await Promise.all([rig.api.wait(pid), collect(stdout!), collect(stderr!)]);
    }
    expect(rig.workers.length).toBeLessThanOrEqual(3);
  });

  test('what the run changed is in its status', async () => {
    await start({
      p: ({ run, exit }) => {
        rig.changes.add([
          { pid: run.pid, op: 'write', path: '/a' }, { pid: run.pid, op: 'create', path: '/temporary' },
          { pid: run.pid, op: 'unlink', path: '/temporary' }, { pid: run.pid, op: 'rename', from: '/b', path: '/c' }, { pid: 99, op: 'write', path: '/other' },
        ]);
        exit(0);
      },
    });
    const { pid, stdout, stderr } = await spawn('p');
    expect((await rig.api.wait(pid)).changes).toEqual({ written: ['/a', '/c'], deleted: ['/b'], more: 0 });
    await Promise.all([collect(stdout!), collect(stderr!)]);
  });
});

describe('what cannot be started', () => {
  const refusal = async (module: SpawnOptions['module'], more: Partial<SpawnOptions> = {}): Promise<string> =>
    rig.api.spawn({ module, ...more }).then(() => 'started', (error: Error) => error.message);

  test('PR8: each says what it is instead', async () => {
    await start({});
    const component = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
    const noMemory = Uint8Array.from([...EMPTY_COMMAND.slice(0, 18), 7, 10, 1, 6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0, 10, 4, 1, 2, 0, 0x0b]);
    const imports = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 2, 10, 1, 3, 0x65, 0x6e, 0x76, 1, 0x66, 3, 0x7f, 0]);
    const bytes = (text: string) => new TextEncoder().encode(text);
    await rig.files.writeFile('/home/text.wasm', bytes('#!/bin/sh\n'));
    expect(await refusal('/home/text.wasm')).toBe('spawn /home/text.wasm: its interpreter /bin/sh is not there (ENOEXEC)');
    expect(await refusal(new Uint8Array(0))).toMatch(/empty \(0 bytes\) \(ENOEXEC\)/);
    expect(await refusal(bytes('hello world'))).toMatch(/starts with 68 65 6c 6c/);
    expect(await refusal(EMPTY_COMMAND.slice(0, 6))).toMatch(/truncated/);
    expect(await refusal(EMPTY_COMMAND.slice(0, 40))).toMatch(/truncated or damaged \(40 bytes\)/);
    expect(await refusal(component)).toMatch(/preview 2 component/);
    expect(await refusal(noMemory)).toMatch(/exports no memory/);
    expect(await refusal(imports)).toMatch(/env\.f \(global\)\. Only WASI preview 1/);
    expect(await refusal('/home/none.wasm')).toMatch(/ENOENT/);
    expect(await refusal('/home')).toMatch(/EISDIR/);
    expect(await refusal('/dev/null')).toMatch(/ENOEXEC/);
    await rig.files.rm('/home/text.wasm');
  });

  test('options that are none, and directories that are not there, leave nothing behind', async () => {
    await start({});
    expect(await refusal(EMPTY_COMMAND, { args: ['a\0b'] })).toMatch(/argument 1 contains NUL/);
    expect(await refusal(EMPTY_COMMAND, { env: { 'A=B': 'x' } })).toMatch(/no name of a variable/);
    expect(await refusal(EMPTY_COMMAND, { args: ['x'.repeat(3_000_000)] })).toMatch(/E2BIG/);
    expect(await refusal(EMPTY_COMMAND, { cwd: '/none' })).toMatch(/ENOENT/);
    expect(await refusal(EMPTY_COMMAND, { preopens: { '/': '/home', '/x': '/none' } })).toMatch(/ENOENT/);
    expect(await refusal(EMPTY_COMMAND, { stdio: 'tty', tty: 5 })).toMatch(/ENXIO/);
    expect(rig.processes.running()).toEqual([]);
  });

  test('a compiled file is compiled again once it has changed', async () => {
    await start({ 'p': ({ exit }) => exit(0) });
    await rig.files.writeFile('/home/p.wasm', EMPTY_COMMAND);
    for (const run of [1, 2]) {
      const { pid, stdout, stderr } = await rig.api.spawn({ module: '/home/p.wasm' });
      await Promise.all([rig.api.wait(pid), collect(stdout!), collect(stderr!)]);
      expect(run).toBeGreaterThan(0);
    }
    await rig.files.writeFile('/home/p.wasm', new TextEncoder().encode('now something else'));
    expect(await refusal('/home/p.wasm')).toMatch(/ENOEXEC/);
    await rig.files.rm('/home/p.wasm');
  });
});

describe('kill', () => {
  test('PR5: a process that runs is ended, its streams end', async () => {
    await start({ forever: ({ write }) => void write(1, 'partial') });
    const { pid, stdout, stderr } = await spawn('forever');
    await turn();
    await rig.api.kill(pid, 'SIGINT');
    expect(await rig.api.wait(pid)).toMatchObject({ code: 130, signal: 'INT', reason: 'killed' });
    expect(await collect(stdout!)).toBe('partial');
    expect(await collect(stderr!)).toBe('');
    await expect(rig.api.kill(pid)).rejects.toThrow(/ESRCH/);
    await expect(rig.api.kill(pid, 'NONSENSE')).rejects.toThrow(/EINVAL/);
    await turn(600);
  });

  test('PR5: it waits until the gate is clear', async () => {
    let leave = (): void => {};
    await start({
      inside: ({ run }) => {
        rig.arena.i32[(run.pcb >>> 2) + Pcb.GATE] = 1;
        leave = () => void (rig.arena.i32[(run.pcb >>> 2) + Pcb.GATE] = 0);
      },
    });
    const { pid, stdout, stderr } = await spawn('inside');
    await turn();
    let ended = false;
    const killed = rig.api.kill(pid).then(() => (ended = true));
    await turn(30);
    expect([ended, rig.workers.some((worker) => worker.terminated)]).toEqual([false, false]);
    leave();
    await killed;
    expect(rig.workers.some((worker) => worker.terminated)).toBe(true);
    await Promise.all([collect(stdout!), collect(stderr!)]);
    await turn(600);
  });

  test('PR5: a real thread that waits on its doorbell is woken and never enters again', async () => {
    let thread: Worker | undefined;
    await start({
      waits: ({ run }) => {
        const code = `
          const { workerData: { memory, pcb, P }, parentPort } = require('node:worker_threads');
          const i32 = new Int32Array(memory.buffer), at = pcb >>> 2;
          parentPort.postMessage('waiting');
          Atomics.wait(i32, at + P.BELL, i32[at + P.BELL]);
          parentPort.postMessage('woken, dying ' + Atomics.load(i32, at + P.CONTROL));`;
        thread = new Worker(code, { eval: true, workerData: { memory: rig.arena.memory, pcb: run.pcb, P: Pcb } });
      },
    });
    const { pid, stdout, stderr } = await spawn('waits');
    await turn();
    const told: unknown[] = [];
    thread!.on('message', (message) => told.push(message));
    await new Promise((resolve) => thread!.once('message', resolve));
    await turn(20);
    await rig.api.kill(pid, 'KILL');
    await new Promise((resolve) => thread!.once('exit', resolve));
    expect(told).toEqual(['waiting', 'woken, dying 1']);
    await Promise.all([collect(stdout!), collect(stderr!)]);
    await turn(600);
  });
});

describe('streams', () => {
  test('standard input: fixed bytes and their end', async () => {
    await start({
      cat: async ({ read, write, exit }) => {
        for (let part = read(0, 1000); part; part = read(0, 1000)) {
          write(1, part);
          await turn(1);
          rig.processes.pump();
        }
        exit(0);
      },
    });
    const data = 'x'.repeat(100_000);
    const { pid, stdout, stderr } = await spawn('cat', { stdin: new TextEncoder().encode(data) });
    const [out] = await Promise.all([collect(stdout!), collect(stderr!), rig.api.wait(pid)]);
    expect(out === data).toBe(true);
  });

  test('standard output: a reader that does not read makes the writer wait, and nothing is lost', async () => {
    let written = 0;
    let stop = false;
    await start({
      flood: async ({ write, exit }) => {
        const part = new Uint8Array(1000).fill(65);
        while (!stop) {
          const count = write(1, part);
          written += Math.max(0, count);
          if (count <= 0) await turn(1);
          rig.processes.pump();
        }
        exit(0);
      },
    });
    const { pid, stdout, stderr } = await spawn('flood');
    await turn(100);
    // What the stream may have under way, and the pipe.
    expect(written).toBeLessThanOrEqual(STREAM_WINDOW + 256 * 1024);
    expect(written).toBeGreaterThan(STREAM_WINDOW);
    stop = true;
    const [out] = await Promise.all([collect(stdout!), collect(stderr!), rig.api.wait(pid)]);
    expect(out.length).toBe(written);
  });
});
