import { describe, expect, it } from 'vitest';
import { ARM_MS, Arming, QUIET_MS, quietIn } from './arming.ts';

describe('a question', () => {
  it('QU5: takes no key in its first moments, however fast they come', () => {
    const arming = new Arming(0);
    for (let now = 10; now < 3000; now += 90) expect(arming.pressed(now)).toBe(false);
    expect(arming.armed(2980 + ARM_MS - 91)).toBe(false);
    expect(arming.pressed(2980 + ARM_MS)).toBe(true);
  });
  it('QU5: takes no key that is held down since before', () => {
    const arming = new Arming(0);
    expect(arming.pressed(ARM_MS + 1, true)).toBe(false);
    expect(arming.clicks(ARM_MS + 2)).toBe(false);
    expect(arming.pressed(ARM_MS + 3)).toBe(true);
    expect(arming.clicks(ARM_MS + 4)).toBe(true);
  });
  it('QU5: takes no press that began too early, even if it ends late', () => {
    const arming = new Arming(0);
    arming.pressed(ARM_MS - 1);
    expect(arming.clicks(5 * ARM_MS)).toBe(false);
    expect(arming.clicks(5 * ARM_MS)).toBe(true);
  });
  it('QU6: waits for the user to stop typing before it takes the focus', () => {
    expect(quietIn(1000, 1000)).toBe(QUIET_MS);
    expect(quietIn(1000 + QUIET_MS, 1000)).toBe(0);
    expect(quietIn(5, -Infinity)).toBe(0);
  });
});
