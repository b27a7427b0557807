import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/testing/random.ts';
import { MemoryDisk } from '../storage/index.ts';
import { openRig, scramble, shown, type Rig } from './testing/rig.ts';

const seeds = Array.from({ length: Number(process.env['FUZZ_SEEDS'] ?? 5) }, (_, i) => i + Number(process.env['FUZZ_FROM'] ?? 1));
const sorted = (tree: Map<string, string>): string[] => [...tree].map(([path, what]) => `${path} ${what}`).sort();
const part = (tree: Map<string, string>, top: string): string[] => sorted(tree).filter((line) => line.startsWith(`${top}/`));
/** What a file holds, without its time and names. */
const contents = (what: string): string => what.split(' ').slice(0, 3).join(' ');

async function some(rig: Rig, random: Random, top: string, blocks = 3): Promise<number> {
  return rig.act((service) => scramble(service, random, top, 1 + random.below(12), blocks));
}

async function undone(rig: Rig, run: number): Promise<number> {
  const known = await rig.history.entries({ run, limit: 1 });
  if (known.entries.length === 0) return 0;
  const result = await rig.travel.undo({ run });
  expect(result.conflicts).toEqual([]);
  return result.run;
}

describe('random histories', { timeout: 60_000 }, () => {
  it.for([...seeds, 24, 43, 49])('MG1 undo of the last run gives the state before, undo of that the state after: seed %i', async (seed) => {
    const random = new Random(seed);
    let rig = await openRig();
    for (let round = 0; round < 8; round++) {
      await some(rig, random, random.pick(['/a', '/b']));
      const before = sorted(await shown(rig.service));
      const run = await some(rig, random, random.pick(['/a', '/b']));
      const after = sorted(await shown(rig.service));
      if (random.below(3) === 0) {
        await rig.journal.close();
        rig = await openRig(rig.disk);
      }
      const undo = await undone(rig, run);
      expect(sorted(await shown(rig.service))).toEqual(before);
      if (undo !== 0) await undone(rig, undo);
      if (undo !== 0) expect(sorted(await shown(rig.service))).toEqual(after);
      expect(rig.check()).toEqual([]);
    }
  });

  it.for(seeds)('MG2 undo of a run whose paths nobody touched later gives the state without it: seed %i', async (seed) => {
    const random = new Random(seed + 100);
    const rig = await openRig();
    for (let round = 0; round < 6; round++) {
      const before = await shown(rig.service);
      const run = await some(rig, random, '/a');
      await some(rig, random, '/b');
      const after = await shown(rig.service);
      await undone(rig, run);
      const now = await shown(rig.service);
      expect(part(now, '/a')).toEqual(part(before, '/a'));
      expect(part(now, '/b')).toEqual(part(after, '/b'));
    }
  });

  it.for([...seeds, 15, 43, 59])('MG3 what later runs wrote is never lost, and is named where it is in the way: seed %i', async (seed) => {
    const random = new Random(seed + 200);
    const rig = await openRig();
    for (let round = 0; round < 10; round++) {
      const run = await some(rig, random, '/a', 1);
      const between = await shown(rig.service);
      await some(rig, random, '/a', 1);
      const later = await shown(rig.service);
      if ((await rig.history.entries({ run, limit: 1 })).entries.length === 0) continue;
      const old = new Set([...between.values()].map(contents));
      const dry = await rig.travel.undo({ run }, { dryRun: true });
      expect(sorted(await shown(rig.service))).toEqual(sorted(later));
      const result = await rig.travel.undo({ run });
      expect(result.conflicts).toEqual(dry.conflicts);
      const now = await shown(rig.service);
      const kept = new Set([...now.values()].map(contents));
      for (const [path, what] of later) {
        if (what.startsWith('file') && !old.has(contents(what))) expect(kept.has(contents(what)), `${path} ${what}`).toBe(true);
      }
      for (const { path, detail, reason } of result.conflicts) {
        expect(detail).toMatch(/\/a/);
        if (reason === 'changed-later' && detail.endsWith('was changed later') && later.get(path)?.startsWith('file')) expect(kept.has(contents(later.get(path)!)), `${path} ${detail}`).toBe(true);
      }
      expect(rig.check()).toEqual([]);
    }
  });

  it.for([...seeds, 31, 45])('MG4 restore of everything to any point gives the tree of that point: seed %i', async (seed) => {
    const random = new Random(seed + 300);
    let rig = await openRig(new MemoryDisk());
    const points = new Map<number, string[]>();
    for (let round = 0; round < 12; round++) {
      await some(rig, random, random.pick(['/a', '/b']));
      points.set(await rig.history.point('now'), sorted(await shown(rig.service)));
      // What was frozen changes nothing of the past.
      if (random.below(4) === 0) await rig.layers.push(`layer-${round}`);
      else if (random.below(3) === 0) await rig.layers.commit().catch(() => undefined);
      if (random.below(3) > 0) continue;
      const [at, tree] = random.pick([...points]);
      const top = random.pick(['/', '/a', '/b']);
      const before = await shown(rig.service);
      const result = await rig.travel.restore(top, at);
      expect(result.conflicts).toEqual([]);
      const now = sorted(await shown(rig.service));
      const inside = (line: string): boolean => top === '/' || line.startsWith(`${top}/`);
      expect(now.filter(inside)).toEqual(tree.filter(inside));
      expect(now.filter((line) => !inside(line))).toEqual(sorted(before).filter((line) => !inside(line)));
      if (random.below(2) === 0) {
        await rig.journal.close();
        rig = await openRig(rig.disk);
      }
    }
  });
});
