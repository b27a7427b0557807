import { describe, expect, it } from 'vitest';
import { LOGS, RECORD, recordIsWhole } from '../testing/torture-protocol.ts';
import { TortureKernel } from '../testing/torture-kernel.ts';

const seconds = Number(process.env['TORTURE_SECONDS'] ?? 4);
const workers = Number(process.env['TORTURE_WORKERS'] ?? 4);
const seed = Number(process.env['TORTURE_SEED'] ?? 1);

/** Every record whole, each process's in order; the number of records. */
function checkLog(bytes: Uint8Array): number {
  const last = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect(bytes.length % RECORD).toBe(0);
  for (let at = 0; at < bytes.length; at += RECORD) {
    if (!recordIsWhole(bytes.subarray(at, at + RECORD))) throw new Error(`record at ${at} is torn`);
    const [pid, number] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (number !== (last.get(pid) ?? -1) + 1) throw new Error(`record at ${at}: ${number} of process ${pid} after ${last.get(pid)}`);
    last.set(pid, number);
  }
  return bytes.length / RECORD;
}

describe('processes in workers', () => {
  it(`TR30 TR31 TR21 the tree is whole after ${seconds} s of ${workers} workers, some killed: seed ${seed}`, async () => {
    const kernel = new TortureKernel(seed);
    const { rig } = kernel;
    await kernel.start(workers);
    await kernel.run(seconds);
    await kernel.stop();
    expect(kernel.faults).toEqual([]);
    expect(kernel.locks).toEqual([0, 0, 0, 0]);
    expect(rig.check(kernel.extra).faults).toEqual([]);
    expect(rig.snapshot()).toEqual(rig.store.snapshot());
    expect(rig.dirty).toBe(0);
    for (const [i, log] of LOGS.entries()) {
      const records = checkLog(rig.store.file(log)!);
      expect(records).toBeGreaterThanOrEqual(kernel.progress[i]!);
      expect(records).toBeLessThanOrEqual(kernel.progress[i]! + kernel.kills);
    }
    expect([kernel.ring.readers, kernel.ring.writers]).toEqual([1, 1]);
    console.log(`${kernel.progress[LOGS.length]} operations, ${kernel.cuts} cuts, ${kernel.kills} kills, ${kernel.misses} misses, ${kernel.evictions} evictions, ${kernel.adoptions} adoptions, ${rig.arena.pages} pages`);
    expect(kernel.progress[LOGS.length]).toBeGreaterThan(0);
    expect(kernel.kills).toBeGreaterThanOrEqual(workers);
  }, (seconds + 60) * 1000);
});
