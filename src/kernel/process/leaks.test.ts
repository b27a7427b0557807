import { expect, test } from 'vitest';
import { EMPTY_COMMAND, Rig, collect, turn } from './testing/rig.ts';

const CYCLES = process.env['PALIMPSEST_LONG'] ? 1000 : 200;

/** Exact where the test with real workers counts pages: every allocation of the arena that was not there before. */
test(`LK1: after ${CYCLES} starts and ends of all kinds no allocation, handle, worker or namespace is left`, async () => {
  const rig = await Rig.make({ p: ({ exit }) => exit(0), q: ({ exit }) => exit(134, 'trap', 'unreachable'), r: () => {} });
  const handles = rig.descriptors.handles.size;
  for (let n = 0; n < CYCLES; n++) {
    const name = ['p', 'q', 'r'][n % 3]!;
    const { pid, stdout, stderr } = await rig.api.spawn({ module: EMPTY_COMMAND, name, preopens: { '/': '/', '/dev': '/dev' }, ...(n % 2 && { namespace: { '/mem': '/home' } }) });
    if (name === 'r') await rig.processes.kill(pid, 'KILL');
    await Promise.all([rig.processes.wait(pid), collect(stdout!), collect(stderr!)]);
  }
  await expect.poll(() => rig.mirror.size, { timeout: 3000 }).toBe(1);
  await turn(20);
  expect(rig.processes.running()).toEqual([]);
  expect([rig.descriptors.handles.size, rig.workers.filter(({ terminated }) => !terminated).length <= 10]).toEqual([handles, true]);
  expect(rig.leaks()).toEqual([]);
  rig.processes.dispose();
}, 60_000);
