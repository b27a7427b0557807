import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SyscallRequest } from '../../shared/abi/index.ts';
import { Control, Pcb, TtyMode } from '../../shared/arena/index.ts';
import { bitOf } from './signals.ts';
import { Rig, turn, type Guest } from './testing/rig.ts';
import { CHILD, children, refused, RigShell, startedIn } from './testing/shell.ts';

let rig: Rig;
let shell: RigShell;
/** Children that run until they are told to end, by pid. */
let guests: Map<number, Guest>;

beforeEach(async () => {
  guests = new Map();
  rig = await Rig.make(children(guests));
  shell = await RigShell.open(rig);
});

afterEach(async () => {
  expect(await shell.endAll()).toEqual([]);
});

const started = (pid: number): Promise<Guest> => startedIn(guests, pid);
const record = (pid: number) => rig.processes.get(pid)!;

describe('groups and sessions', () => {
  test('PG1 a child is in its parent’s group, a new one or one of the session; others are refused', async () => {
    const [own, other] = [await shell.spawn('stays'), await shell.spawn('stays', { group: 0 })];
    expect(await shell.identity(own)).toEqual({ pid: own, ppid: shell.pid, group: shell.pid, session: shell.pid, tty: shell.id });
    expect(await shell.identity(other)).toMatchObject({ group: other, session: shell.pid });
    const third = await shell.spawn('stays', { group: other });
    expect(record(third).handle.group).toBe(other);
    expect(await refused(shell.spawn('stays', { group: 12345 }))).toBe('EPERM');
    const apart = await shell.spawn('stays', { session: true });
    expect(await shell.identity(apart)).toMatchObject({ group: apart, session: apart, tty: null });
    expect(await refused(shell.spawn('stays', { group: apart }))).toBe('EPERM');
  });

  test('PG1 a group outlives its leader until that has been waited for', async () => {
    const first = await shell.spawn('ends', { group: 0 });
    await rig.processes.wait(first);
    const second = await shell.spawn('ends', { group: first });
    await rig.processes.wait(second);
    expect(await shell.wait({ pid: -first })).toMatchObject({ pid: first });
    expect(await shell.wait({ pid: -first })).toMatchObject({ pid: second });
    expect(await refused(shell.spawn('ends', { group: first }))).toBe('EPERM');
  });

  test('PG1 set-group and set-session are setpgid and setsid', async () => {
    const pid = await shell.spawn('stays');
    await shell.call({ op: 'set-group', pid, group: 0 });
    expect(await shell.identity(pid)).toMatchObject({ group: pid });
    expect(await refused(shell.call({ op: 'set-group', pid: 0, group: 0 }))).toBe('EPERM');
    expect(await refused(shell.call({ op: 'set-group', pid: 999, group: 0 }))).toBe('ESRCH');
    expect(await refused(shell.call({ op: 'set-session' }))).toBe('EPERM');
    const child = await started(await shell.spawn('stays'));
    expect(await shell.call({ op: 'set-session' }, child)).toBe(child.run.pid);
    expect(await shell.identity(child.run.pid)).toMatchObject({ session: child.run.pid, tty: null });
  });

  test('PG1 the threads of a process are in its group, those that are there and those that come', async () => {
    const pid = await shell.spawn('stays');
    const { threads } = record((await started(pid)).run.pid);
    const groups = (): number[] => threads.blocks().map((pcb) => rig.arena.u32[(pcb >>> 2) + Pcb.GROUP]!);
    threads.share(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
    await threads.spawn(0);
    expect(groups()).toEqual([shell.pid, shell.pid]);
    await shell.call({ op: 'set-group', pid, group: 0 });
    await threads.spawn(0);
    expect(groups()).toEqual([pid, pid, pid]);
  });

  test('PG2 a stopped group that loses the last who could let it go on is sent HUP and CONT', async () => {
    rig.programs['sh'] = (guest) => void guests.set(guest.run.pid, guest);
    await rig.files.writeFile('/mem/sh', new TextEncoder().encode('#!builtin sh\n'));
    const middle = await started(await shell.spawn('sh', { path: '/mem/sh', group: 0 }));
    const job = await shell.spawn('stays', { group: 0 }, middle);
    await started(job);
    await shell.kill(job, 'TSTP');
    expect(rig.processes.info(job)).toMatchObject({ state: 'stopped' });
    middle.exit(0);
    expect(await rig.processes.wait(job)).toMatchObject({ signal: 'HUP' });
    await rig.files.rm('/mem/sh');
  });

  test('PG2 a typed stop does nothing to an orphaned group; STOP does', async () => {
    const pid = await shell.spawn('stays', { session: true });
    await shell.kill(pid, 'TSTP');
    expect(record(pid).stopped).toBeNull();
    await shell.kill(pid, 'STOP');
    expect(record(pid).stopped).toBe('STOP');
  });
});

describe('wait', () => {
  test('WT1 ends are told once, the earliest first; then there is no child', async () => {
    expect(await refused(shell.wait())).toBe('ECHILD');
    const pids = [await shell.spawn('ends', { argv: ['ends', '3'] }), await shell.spawn('ends', { argv: ['ends', '4'] })];
    for (const pid of pids) await rig.processes.wait(pid);
    const order = rig.processes.list().filter(({ state }) => state === 'exited').map(({ pid }) => pid).reverse();
    const told = [await shell.wait(), await shell.wait()];
    expect(told.map((one) => one!.pid)).toEqual(order);
    expect(told.map((one) => one?.state === 'exited' && one.status.code).sort()).toEqual([3, 4]);
    expect(await refused(shell.wait({ pid: pids[0]! }))).toBe('ECHILD');
    // The window still knows.
    expect(await rig.api.wait(pids[0]!)).toMatchObject({ code: 3 });
  });

  test('WT1 nohang answers at once; else the answer comes with the change', async () => {
    const pid = await shell.spawn('stays');
    expect(await shell.wait({ nohang: true })).toBeNull();
    const told = shell.wait({ pid });
    (await started(pid)).exit(7);
    expect(await told).toMatchObject({ pid, state: 'exited', status: { code: 7 } });
  });

  test('WT1 stops and continuations are told to who asks for them', async () => {
    const pid = await shell.spawn('stays', { group: 0 });
    const told = shell.wait({ untraced: true });
    await shell.kill(pid, 'STOP');
    expect(await told).toEqual({ pid, state: 'stopped', signal: 'STOP' });
    expect(await shell.wait({ untraced: true, nohang: true })).toBeNull();
    await shell.kill(pid, 'CONT');
    expect(await shell.wait({ nohang: true })).toBeNull();
    expect(await shell.wait({ untraced: true })).toEqual({ pid, state: 'continued', signal: 'CONT' });
  });

  test('WT2 a caught signal ends the wait, also one that came before; CHLD does not', async () => {
    await shell.call({ op: 'signals', caught: ['INT', 'CHLD'], ignored: [] });
    const pid = await shell.spawn('stays');
    const waits = refused(shell.wait());
    await shell.kill(shell.pid, 'INT');
    expect(await waits).toBe('EINTR');
    expect(await refused(shell.wait())).toBe('EINTR');
    expect(record(shell.pid).handle.takeSignals()).toBe(bitOf('INT'));
    const told = shell.wait();
    await rig.processes.kill(pid, 'KILL');
    expect(await told).toMatchObject({ pid, status: { signal: 'KILL' } });
    await turn();
    expect(record(shell.pid).handle.takeSignals()).toBe(bitOf('CHLD'));
  });

  test('WT3 who ignores CHLD has no ends to wait for; a child of a parent that ended has none either', async () => {
    await shell.call({ op: 'signals', caught: [], ignored: ['CHLD'] });
    await rig.processes.wait(await shell.spawn('ends'));
    expect(await refused(shell.wait())).toBe('ECHILD');
  });

  test('WT3 a history that is full drops first what was told', async () => {
    const waited = await shell.spawn('ends');
    await rig.processes.wait(waited);
    for (let n = 0; n < 300; n++) rig.processes.failed({ name: 'x', args: [], cwd: '/', ppid: 0, tty: null }, 'no');
    expect(await shell.wait()).toMatchObject({ pid: waited });
  });
});

describe('signals', () => {
  test('SG1 the default actions; a stopped process is held by its control word, and let go', async () => {
    const pid = await shell.spawn('stays', { group: 0 });
    for (const signal of ['CHLD', 'WINCH', 'CONT']) await shell.kill(pid, signal);
    expect(record(pid).killed).toBeNull();
    await shell.kill(pid, 'TTOU');
    expect([record(pid).handle.control, rig.processes.info(pid)!.state]).toEqual([Control.STOPPED, 'stopped']);
    await shell.kill(pid, 'CONT');
    expect(record(pid).handle.control).toBe(0);
    await shell.kill(pid, 'USR1');
    expect(await rig.processes.wait(pid)).toMatchObject({ code: 138, signal: 'USR1', reason: 'killed' });
    for (const signal of ['KILL', 'STOP']) expect(await refused(shell.call({ op: 'signals', caught: [signal], ignored: [] }))).toBe('EINVAL');
    expect(await refused(shell.kill(pid, 'NONE'))).toBe('EINVAL');
  });

  test('SG2 ignored signals are inherited, caught ones are not', async () => {
    await shell.call({ op: 'signals', caught: ['TERM'], ignored: ['INT'] });
    const pid = await shell.spawn('stays');
    await shell.kill(pid, 'INT');
    expect(record(pid).killed).toBeNull();
    await shell.kill(pid, 'TERM');
    expect(await rig.processes.wait(pid)).toMatchObject({ signal: 'TERM' });
    await shell.kill(shell.pid, 'TERM');
    expect(record(shell.pid).handle.takeSignals() & bitOf('TERM')).not.toBe(0);
  });

  test('SG4 a stopped process is ended without being let go on', async () => {
    const pid = await shell.spawn('stays');
    await shell.kill(pid, 'STOP');
    await rig.api.kill(pid, 'TERM');
    expect(await shell.wait({ pid })).toMatchObject({ state: 'exited', status: { signal: 'TERM' } });
  });

  test('SG6 one, a group, or all others of the session; 0 only asks', async () => {
    const job = await shell.spawn('stays', { group: 0 });
    const pids = [job, await shell.spawn('stays', { group: job }), await shell.spawn('stays', { group: 0 })];
    await shell.kill(-job, '0');
    await shell.kill(-job, 'TERM');
    for (const pid of pids.slice(0, 2)) expect(await rig.processes.wait(pid)).toMatchObject({ signal: 'TERM' });
    expect(await refused(shell.kill(-job, '0'))).toBe('ESRCH');
    await shell.kill(-1, 'TERM');
    expect(await rig.processes.wait(pids[2]!)).toMatchObject({ signal: 'TERM' });
    expect(record(shell.pid)).toBeDefined();
  });
});

describe('programs', () => {
  const write = (path: string, text: string): Promise<void> => rig.files.writeFile(path, new TextEncoder().encode(text));
  const argumentsOf = async (path: string, argv: string[], env: Record<string, string> = {}): Promise<unknown> => {
    const pid = await shell.spawn('', { path, argv, env });
    const status = await shell.wait({ pid });
    if (status?.state === 'exited' && status.status.reason === 'error') return status.status.message;
    return rig.processes.list().find((one) => one.pid === pid)!.args;
  };

  beforeEach(async () => {
    rig.programs[CHILD] = ({ exit }) => exit(0);
    rig.programs['child'] = ({ exit }) => exit(0);
    await rig.files.mkdir('/mem/scripts');
  });
  afterEach(async () => {
    await rig.files.rm('/mem/scripts', { recursive: true });
  });

  test('EX1 an interpreter gets its argument and the script’s path', async () => {
    const path = '/mem/scripts/a';
    for (const [line, args] of [
      [`#!${CHILD}\n`, []], [`#! ${CHILD}  -x  y \n`, ['-x  y']], [`#!${CHILD}\r\nrest`, []], [`#!${CHILD}`, []],
    ] as const) {
      await write(path, line);
      expect([line, await argumentsOf(path, ['a', 'one', 'two'])]).toEqual([line, [...args, path, 'one', 'two']]);
    }
    await write('/mem/scripts/b', `#!${path} b-arg\n`);
    expect(await argumentsOf('/mem/scripts/b', ['b', 'z'])).toEqual([path, 'b-arg', '/mem/scripts/b', 'z']);
    await write('/mem/scripts/loop', '#!/mem/scripts/loop\n');
    expect(await refused(shell.spawn('x', { path: '/mem/scripts/loop' }))).toBe('ELOOP');
  });

  test('EX2 env in a first line is looked up in PATH', async () => {
    const path = '/mem/scripts/e';
    await write(path, '#!/usr/bin/env child\n');
    expect(await argumentsOf(path, ['e', 'x'], { PATH: '/none:/home' })).toEqual([path, 'x']);
    await write(path, '#!/usr/bin/env -S child -a b\n');
    expect(await argumentsOf(path, ['e'], { PATH: '/home' })).toEqual(['-a', 'b', path]);
    await write(path, '#!/usr/bin/env nothing\n');
    expect(await argumentsOf(path, ['e'], { PATH: '/home' })).toBe('its interpreter nothing is not in /home');
  });

  test('EX4 what cannot interpret says why', async () => {
    const path = '/mem/scripts/bad';
    for (const [line, message] of [
      ['#!/none/sh\n', 'its interpreter /none/sh is not there'], ['#!\n', 'its first line names no interpreter'], ['#!relative\n', 'its interpreter relative is no absolute path'],
      ['#!builtin nonsense\n', 'there is no built-in program nonsense'], [`#!/${'x'.repeat(300)}`, 'its first line is longer than 256 bytes'],
    ] as const) {
      await write(path, line);
      expect(await argumentsOf(path, ['bad'])).toBe(message);
    }
  });

  test('EX3 EX5 EX6 a built-in program by path has its parent’s grants and the descriptors it is given', async () => {
    rig.programs['mysh'] = (guest) => void guests.set(guest.run.pid, guest);
    await write('/mem/scripts/sh', '#!builtin sh\n');
    const inner = await started(await shell.spawn('mysh', { path: '/mem/scripts/sh', argv: ['mysh', 'x'], fds: [[5, 1], [0, -1]] }));
    expect([inner.run.program, inner.run.args]).toEqual(['sh', ['mysh', 'x']]);
    expect([0, 1, 2, 3, 5, 60].map((fd) => inner.fds.get(fd) !== 0)).toEqual([false, true, true, false, true, true]);
    expect(inner.fds.get(5)).toBe(shell.guest.fds.get(1));
    const module = await started(await shell.spawn('stays', { fds: [[5, 1]] }, inner));
    // Its own preopens, without a gap.
    expect([0, 1, 3, 4].map((fd) => module.fds.get(fd) !== 0)).toEqual([false, true, true, true]);
    expect(module.fds.get(5)).not.toBe(inner.fds.get(5));
    expect(await refused(shell.spawn('stays', {}, module))).toBe('ENOTCAPABLE');
    for (const preopens of [{ '/': '/home' }, { '/all': '/' }]) expect(await refused(rig.api.spawn({ module: '/mem/scripts/sh', preopens }))).toBe('ENOTCAPABLE');
    expect(await refused(shell.spawn('stays', { fds: [[1, 40]] }))).toBe('EBADF');
    expect(await refused(shell.spawn('stays', { fds: [[99, 1]] }))).toBe('EBADF');
  });
});

describe('jobs and the terminal', () => {
  test('JC1 what is typed goes to the group in the foreground, which a child has before it runs', async () => {
    const first = await shell.spawn('stays', { group: 0, foreground: true });
    const second = await shell.spawn('stays', { group: first, foreground: true });
    const behind = await shell.spawn('stays', { group: 0 });
    expect(shell.terminal.foreground).toBe(first);
    await shell.type('\x1a');
    expect([first, second, behind].map((pid) => record(pid).stopped)).toEqual(['TSTP', 'TSTP', null]);
    expect(shell.shown).toContain('^Z');
    await shell.call({ op: 'tty-foreground', fd: 0, group: shell.pid });
    await shell.type('\x03');
    expect([first, shell.pid].map((pid) => record(pid).killed)).toEqual([null, null]);
    await shell.call({ op: 'tty-foreground', fd: 0, group: first });
    await shell.kill(-first, 'CONT');
    await shell.type('\x1c');
    for (const pid of [first, second]) expect(await rig.processes.wait(pid)).toMatchObject({ signal: 'QUIT' });
    expect(record(behind)).toBeDefined();
    expect(await refused(shell.call({ op: 'tty-foreground', fd: 0, group: 4711 }))).toBe('EPERM');
  });

  test('JC1 another size of the window is told to the foreground', async () => {
    await shell.call({ op: 'signals', caught: ['WINCH'], ignored: [] });
    await shell.resize(100, 30);
    await shell.resize(100, 30);
    expect(record(shell.pid).handle.takeSignals()).toBe(bitOf('WINCH'));
    expect(await shell.call({ op: 'tty-size', fd: 0 })).toEqual({ columns: 100, rows: 30, raw: false, foreground: shell.pid });
  });

  test('JC2 a background reader stops; the leader waits; who ignores TTIN or is orphaned gets EIO', async () => {
    const job = await started(await shell.spawn('stays', { group: 0 }));
    const reads = (guest: Guest): Promise<string> => refused(shell.call({ op: 'kill', pid: 0, signal: 'TTIN' }, guest));
    expect(await reads(job)).toBe('done');
    expect(await shell.wait({ untraced: true })).toEqual({ pid: job.run.pid, state: 'stopped', signal: 'TTIN' });
    expect(await reads(shell.guest)).toBe('EAGAIN');
    expect(await reads(await started(await shell.spawn('stays', { session: true })))).toBe('EAGAIN');
    await shell.call({ op: 'signals', caught: [], ignored: ['TTIN'] });
    expect(await reads(await started(await shell.spawn('stays', { group: 0 })))).toBe('EIO');
  });

  test('JC3 JC4 a mode is its group’s own, and goes with it', async () => {
    const raw = (fd: number, on: boolean, guest = shell.guest) => shell.call({ op: 'tty-mode', fd, raw: on }, guest);
    await raw(0, true);
    const job = await started(await shell.spawn('stays', { group: 0, foreground: true }));
    expect(shell.terminal.mode).toBe(TtyMode.COOKED);
    await raw(0, true, job);
    expect(shell.terminal.mode).toBe(TtyMode.RAW);
    await raw(0, false);
    expect(shell.terminal.mode).toBe(TtyMode.RAW);
    await shell.call({ op: 'tty-foreground', fd: 0, group: shell.pid });
    expect(shell.terminal.mode).toBe(TtyMode.COOKED);
    await shell.call({ op: 'tty-foreground', fd: 0, group: job.run.pid });
    expect(shell.terminal.mode).toBe(TtyMode.RAW);
    await rig.api.kill(job.run.pid, 'KILL');
    expect([shell.terminal.mode, shell.terminal.foreground]).toEqual([TtyMode.COOKED, shell.pid]);
  });

  test('JC5 a terminal that closes hangs up on all that are on it, stopped or not; who ignores HUP lives on', async () => {
    const stopped = await shell.spawn('stays', { group: 0 });
    await shell.kill(stopped, 'STOP');
    await shell.call({ op: 'signals', caught: [], ignored: ['HUP'] });
    const stays = await shell.spawn('stays', { group: 0 });
    await shell.call({ op: 'signals', caught: ['INT'], ignored: [] });
    await rig.api.closeTty(shell.id);
    for (const pid of [stopped, shell.pid]) expect(await rig.processes.wait(pid)).toMatchObject({ signal: 'HUP' });
    expect(record(stays)).toBeDefined();
  });

  test('JC5 JC6 a prompt that ends has its foreground told, and its children do not inherit what it ignored', async () => {
    const job = await shell.spawn('stays', { group: 0, foreground: true });
    expect([record(shell.pid).ignored & bitOf('INT'), record(job).ignored]).toEqual([bitOf('INT'), 0]);
    shell.guest.exit(0);
    expect(await rig.processes.wait(job)).toMatchObject({ signal: 'HUP' });
    const next = (): number | undefined => rig.api.terminals.session(shell.id);
    for (let tries = 0; (!next() || next() === shell.pid) && tries < 100; tries++) await turn(2);
    expect(shell.terminal.foreground).toBe(next());
  });

  test('JC7 consctl tells the size and sets the mode of the group, until it is closed', async () => {
    const job = await started(await shell.spawn('stays', { group: 0, foreground: true }));
    const opened = async (): Promise<number> => {
      const ofd = await shell.call<'open'>({ op: 'open', dirfd: 3, path: 'dev/consctl', oflags: 0, fdflags: 0, read: true, write: true, follow: true }, job);
      return job.fds.install(ofd, 3);
    };
    const request = (op: 'read' | 'write', fd: number, text = '') => rig.syscalls.handle(job.run.pcb, { op, fd, position: null, length: 100 } as SyscallRequest, new TextEncoder().encode(text));
    const read = async (fd: number): Promise<string> => new TextDecoder().decode((await request('read', fd)).data);
    const fd = await opened();
    expect([await read(fd), await read(fd)]).toEqual(['80 24 cooked\n', '']);
    await request('write', fd, 'rawon\n');
    expect([shell.terminal.mode, await read(fd)]).toEqual([TtyMode.RAW, '80 24 raw\n']);
    await shell.type('\x03');
    expect([record(job.run.pid).killed, job.read(0)]).toEqual([null, Uint8Array.of(3)]);
    expect(await refused(Promise.resolve().then(() => request('write', fd, 'rawoff nonsense')))).toBe('EINVAL');
    const handle = rig.descriptors.files.object(job.fds.get(fd));
    job.fds.close(fd);
    await shell.call<'close'>({ op: 'close', handle }, job);
    expect(shell.terminal.mode).toBe(TtyMode.COOKED);
    await request('write', await opened(), 'rawon');
    job.exit(0);
    await rig.processes.wait(job.run.pid);
    expect([shell.terminal.mode, shell.terminal.foreground]).toEqual([TtyMode.COOKED, shell.pid]);
  });
});
