import { describe, expect, it } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const CLOCKS = [0, 1, 2, 3];
const EVENTS = 0x40000;

function pollClock(rig: Rig, absolute: boolean): { errno: number; event: number } {
  const { view, u8 } = rig;
  u8.fill(0, at.DATA, at.DATA + 48);
  view.setUint32(at.DATA + 16, 1, true);
  view.setBigUint64(at.DATA + 24, absolute ? 1n : 2_000_000n, true);
  view.setUint16(at.DATA + 40, absolute ? 1 : 0, true);
  const errno = rig.calls.poll_oneoff(at.DATA, EVENTS, 1, at.OUT);
  return { errno, event: view.getUint16(EVENTS + 8, true) };
}

describe('a program without the clock', () => {
  const rig = new Rig({ grants: { clocks: false } });

  it('GR1 is told no time, by any clock, and lives on', () => {
    rig.u8.fill(0xab, at.OUT, at.OUT + 8);
    for (const id of CLOCKS) {
      expect([rig.calls.clock_time_get(id, 0n, at.OUT), rig.calls.clock_res_get(id, at.OUT)]).toEqual([Errno.ENOTCAPABLE, Errno.ENOTCAPABLE]);
    }
    expect(rig.u8[at.OUT]).toBe(0xab);
    expect([rig.calls.clock_time_get(9, 0n, at.OUT), rig.calls.clock_res_get(9, at.OUT)]).toEqual([Errno.EINVAL, Errno.EINVAL]);
    expect(rig.write(1, 'still here')).toBe(10);
  });

  it('GR2 can sleep for a while, but not until a time', () => {
    expect(pollClock(rig, false)).toEqual({ errno: 0, event: 0 });
    expect(pollClock(rig, true)).toEqual({ errno: 0, event: Errno.ENOTCAPABLE });
  });

  it('GR3 still has entropy, if that was granted', () => {
    expect(rig.calls.random_get(at.DATA, 16)).toBe(0);
  });
});

describe('a program without entropy', () => {
  it('GR4 gets no random byte, and lives on', () => {
    const rig = new Rig({ grants: { entropy: false } });
    rig.u8.fill(0xab, at.DATA, at.DATA + 64);
    expect(rig.calls.random_get(at.DATA, 64)).toBe(Errno.ENOTCAPABLE);
    expect(rig.old.random_get(at.DATA, 64)).toBe(Errno.ENOTCAPABLE);
    expect(rig.u8.subarray(at.DATA, at.DATA + 64).every((byte) => byte === 0xab)).toBe(true);
    expect(rig.calls.clock_time_get(0, 0n, at.OUT)).toBe(0);
  });
});

it('GR5 a program that was given both has both', () => {
  const rig = new Rig();
  expect([rig.calls.clock_time_get(0, 0n, at.OUT), rig.calls.clock_res_get(1, at.OUT), rig.calls.random_get(at.DATA, 16)]).toEqual([0, 0, 0]);
});
