import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BusMessage } from '../../shared/abi/index.ts';
import type { PalimpsestBus } from '../client/index.ts';
import { BODY_MAX, BusLog, ROWS_MAX } from './bus-log.ts';

let heard: { pattern: string; listener: (message: BusMessage) => void; onError: (error: unknown) => void }[];
let log: BusLog;

const bus: PalimpsestBus = {
  publish: async () => undefined,
  request: () => Promise.reject(new Error('no')),
  reply: () => Promise.reject(new Error('no')),
  subscribe: (pattern, listener, { onError = () => undefined } = {}) => {
    const subscription = { pattern, listener, onError };
    heard.push(subscription);
    return () => void (heard = heard.filter((one) => one !== subscription));
  },
};
const say = (subject: string, data: unknown, more: Partial<BusMessage> = {}): void => heard.forEach(({ listener }) => listener({ subject, data, time: 1, ...more }));
const draw = (): void => void vi.advanceTimersByTime(400);
const subjects = (): string[] => log.store.getState().rows.map(({ subject }) => subject);

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  log = new BusLog(bus);
});
afterEach(() => void vi.useRealTimers());

describe('messages as they are listed', () => {
  test('nothing is heard while nobody looks', () => {
    expect(heard).toEqual([]);
    const [one, two] = [log.watch(), log.watch()];
    expect(heard.length).toBe(1);
    one();
    one();
    expect(heard.length).toBe(1);
    say('a', 1);
    two();
    expect(heard.length).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    log.watch();
    say('b', 2);
    draw();
    expect(subjects()).toEqual(['a', 'b']);
  });

  test('another pattern is listened to once the typing rests; one that is refused is told', () => {
    log.watch();
    log.setPattern('u');
    log.setPattern('user.>');
    expect(heard.map(({ pattern }) => pattern)).toEqual(['>']);
    draw();
    expect(heard.map(({ pattern }) => pattern)).toEqual(['user.>']);
    heard[0]!.onError(new Error('no pattern'));
    expect(log.store.getState().error).toBe('no pattern');
    log.setPattern(' ');
    draw();
    expect([heard.length, log.store.getState().error]).toEqual([0, expect.stringContaining('Type a pattern')]);
    log.setPattern('a');
    draw();
    expect(log.store.getState().error).toBeNull();
  });

  test('text is found in subject, type and data', () => {
    log.watch();
    say('user.input', { text: 'Hello' }, { type: 'UserInput.v1' });
    say('app.hello', 1);
    say('app.x', 'other');
    draw();
    log.setText('HELLO');
    expect(subjects()).toEqual(['user.input', 'app.hello']);
    log.setText('inputv'.replace('v', '.v'));
    expect([subjects(), log.store.getState().held]).toEqual([['user.input'], 3]);
  });

  test('a pause holds the list still, and counts', () => {
    log.watch();
    say('a', 1);
    draw();
    log.setPaused(true);
    say('b', 1);
    say('c', 1);
    draw();
    expect([subjects(), log.store.getState().waiting]).toEqual([['a'], 2]);
    log.setPaused(false);
    expect([subjects(), log.store.getState().waiting]).toEqual([['a', 'b', 'c'], 0]);
    log.clear();
    expect(subjects()).toEqual([]);
  });

  test('messages, and what they say, are bounded; what was lost is counted', () => {
    log.watch();
    for (let n = 0; n < ROWS_MAX * 3; n++) say(`s.${n}`, n, n === 5 ? { dropped: 7 } : {});
    draw();
    expect([log.store.getState().rows.length, subjects().at(-1), log.store.getState().dropped]).toEqual([ROWS_MAX, `s.${ROWS_MAX * 3 - 1}`, 7]);
    log.clear();
    for (let n = 0; n < 600; n++) say('big', 'x'.repeat(200_000));
    draw();
    const { rows } = log.store.getState();
    expect(rows.every(({ body }) => body.text.length === BODY_MAX && !body.whole)).toBe(true);
    expect(rows.reduce((sum, { body }) => sum + body.text.length, 0)).toBeLessThanOrEqual(16 << 20);
    expect(rows.length).toBeGreaterThan(200);
  });
});
