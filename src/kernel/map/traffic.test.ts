import { describe, expect, test } from 'vitest';
import type { HeldGrant, ProcessGrants } from '../../shared/abi/index.ts';
import { KERNEL_PID } from '../../shared/arena/index.ts';
import { TrafficMeter } from './traffic.ts';

function lab() {
  const state = { now: 1000, calls: 0, read: 0, received: 0xffff_fff0, uses: 5 };
  const grant = (id: number, action: HeldGrant['action'], uses: number): HeldGrant => ({ id, action, summary: '', origin: 'start', uses, revoked: false });
  const meter = new TrafficMeter({
    clock: { monotonic: () => state.now, realtime: () => 0n },
    subscriptions: { list: () => [{ pattern: 'a.>', group: '', pid: KERNEL_PID, mailbox: 64, received: state.received }, { pattern: 'a.>', group: 'g', pid: 7, mailbox: 128, received: 9 }] },
    counters: () => [{ pid: 7, calls: state.calls, read: state.read, written: 0 }],
    grants: (): ProcessGrants[] => [{
      pid: 7, program: 'p', hash: '', trust: 'dev', refused: 0,
      grants: [grant(1, { kind: 'publish', subject: 'a.>' }, state.uses), grant(2, { kind: 'file', path: '/**', rights: ['read'] }, state.uses)],
    }],
  });
  return { state, meter };
}

const NONE = { elapsed: 0, processes: [], files: [], messages: [], uses: [] };

describe('traffic', () => {
  test('MP5 the first call begins to count; then what came since; after a pause it begins anew', () => {
    const { state, meter } = lab();
    expect(meter.take()).toEqual(NONE);
    Object.assign(state, { now: 1500, calls: 12, read: 100, received: 0x10, uses: 8 });
    meter.committed([{ pid: 7, path: '/home/data/a' }, { pid: KERNEL_PID, path: '/home/data/deep/er/b' }, { pid: 7, path: '/top' }]);
    meter.sawRead(7, '/home/data/c');
    expect(meter.take()).toEqual({
      elapsed: 500, processes: [{ pid: 7, calls: 12, read: 100, written: 0 }],
      files: [{ pid: 7, path: '/home/data', reads: 1, writes: 1 }, { pid: 0, path: '/home/data', reads: 0, writes: 1 }, { pid: 7, path: '/', reads: 0, writes: 1 }],
      // The count wraps at 2^32.
      messages: [{ pid: 0, pattern: 'a.>', bytes: 32 }],
      uses: [{ pid: 7, grant: 1, count: 3 }],
    });
    state.now = 1600;
    expect(meter.take()).toEqual({ ...NONE, elapsed: 100 });
    Object.assign(state, { now: 5000, calls: 1000 });
    meter.sawRead(7, '/home/data/c');
    expect(meter.take()).toEqual(NONE);
  });

  test('MP4 places are bounded: a program that writes everywhere is counted by the first parts of its paths', () => {
    const { state, meter } = lab();
    meter.take();
    meter.committed(Array.from({ length: 5000 }, (_, at) => ({ pid: 7, path: `/home/d${at}/f` })));
    state.now += 100;
    const { files } = meter.take();
    expect(files).toHaveLength(64);
    expect(files[0]).toEqual({ pid: 7, path: '/home', reads: 0, writes: 5000 - 512 });
  });
});
