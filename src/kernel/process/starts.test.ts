import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_GRANTS } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { Rig, turn, type Guest } from './testing/rig.ts';
import { children, refused, RigShell, startedIn } from './testing/shell.ts';

let rig: Rig;
let shell: RigShell;
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

describe('what starts at the same time, or while its process ends', () => {
  test('LM6 holds for those that start at the same time, too', async () => {
    const limited = await started(await shell.spawn('stays', { group: 0 }));
    rig.processes.setLimits(record(limited.run.pid), { ...record(limited.run.pid).limits, processes: 4 });
    Object.assign(record(limited.run.pid), { grants: record(shell.pid).grants });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => refused(shell.spawn('stays', {}, limited))));
    expect(outcomes.toSorted()).toEqual(['EAGAIN', 'EAGAIN', 'EAGAIN', 'done', 'done']);
    expect(rig.processes.sizeOf(shell.pid)).toBe(4);
  });

  test('TH2 a thread whose process ends before it was told of its memory is undone', async () => {
    const pid = await shell.spawn('stays');
    const { threads } = record((await started(pid)).run.pid);
    const blocks = threads.blocks().length;
    const spawning = refused(threads.spawn(0));
    await turn();
    await rig.processes.kill(pid, 'KILL');
    expect(await Promise.race([spawning, turn(500).then(() => 'waits')])).toBe('ESRCH');
    expect(threads.blocks()).toHaveLength(blocks);
  });

  test('PR1 a start that fails when its namespace has changed meanwhile is undone', async () => {
    const { refresh } = rig.mirror;
    rig.mirror.refresh = () => {
      throw new FsError('ENOMEM', 'bind');
    };
    expect(await refused(shell.spawn('stays'))).toBe('ENOMEM');
    rig.mirror.refresh = refresh;
    expect(rig.processes.running().map(({ pid }) => pid)).toEqual([shell.pid]);
  });

  test('EX7 a bare child has its streams and nothing else; a built-in program cannot be one', async () => {
    const { fds, grants } = record((await started(await shell.spawn('stays', { bare: true }))).run.pid);
    expect([fds.count(), grants]).toEqual([3, { directories: [], spawn: false, kill: 'none', list: false, clocks: true, entropy: true, listen: [], connect: false, bind: false, workspace: false, component: NO_GRANTS }]);
    await rig.files.writeFile('/mem/script', new TextEncoder().encode('#!builtin sh\n'));
    expect(await refused(shell.spawn('sh', { path: '/mem/script', bare: true }))).toBe('ENOTCAPABLE');
    await rig.files.rm('/mem/script');
  });

  test('PR3 a child whose parent ends while it is made is the kernel’s, too', async () => {
    const parent = await started(await shell.spawn('stays'));
    Object.assign(record(parent.run.pid), { grants: record(shell.pid).grants });
    const { descriptors } = rig;
    const preopen = descriptors.preopen.bind(descriptors);
    descriptors.preopen = async (...place) => {
      await rig.processes.kill(parent.run.pid, 'KILL').catch(() => {});
      return preopen(...place);
    };
    const child = await shell.spawn('stays', {}, parent);
    expect([record(parent.run.pid), record(child).ppid]).toEqual([undefined, 0]);
  });

  test('PF5 a listing is given in parts that fit into replies, whatever has run and with whatever arguments', async () => {
    for (let count = 0; count < 260; count++) await rig.processes.wait(await shell.spawn('ends', { argv: ['ends', ...(count % 50 === 0 ? ['x'.repeat(50_000)] : [])] }));
    const seen: number[] = [];
    for (let after = 0, parts = 0; ; parts++) {
      const part = await shell.call<'processes'>({ op: 'processes', after });
      if (part.length === 0) break;
      expect(new TextEncoder().encode(JSON.stringify(part)).length).toBeLessThan(64 * 1024);
      seen.push(...part.map(({ pid }) => pid));
      after = part.at(-1)!.pid;
      expect(parts).toBeLessThan(20);
    }
    expect(seen).toEqual(rig.api.list().map(({ pid }) => pid).toSorted((a, b) => a - b));
  }, 30_000);
});
