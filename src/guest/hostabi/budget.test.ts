import { describe, expect, it } from 'vitest';
import { Rig } from '../testing/rig.ts';
import { MessageBudget } from './budget.ts';

describe('messages per second', () => {
  it('HA6 are as many as the limit says, at once or over the second; it can be changed while the process runs', () => {
    const rig = new Rig();
    const { handle } = rig.vfs.process;
    let now = 1000;
    const budget = new MessageBudget(handle, () => now);
    const taken = (tries: number): number => Array.from({ length: tries }, () => budget.take()).filter(Boolean).length;
    expect(taken(1000)).toBe(1000);
    handle.messagesMax = 10;
    expect(taken(100)).toBe(10);
    now += 500;
    expect(taken(100)).toBe(5);
    now += 60_000;
    expect(taken(100)).toBe(10);
    now += 1000;
    handle.messagesMax = 3;
    expect(taken(100)).toBe(3);
    handle.messagesMax = 0;
    now += 1000;
    expect(taken(100)).toBe(0);
    handle.messagesMax = Infinity;
    expect(taken(100)).toBe(100);
    rig.close();
  });
});
