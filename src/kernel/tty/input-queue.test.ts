import { beforeEach, describe, expect, it } from 'vitest';
import { Arena, BufferWindow, Tty } from '../../shared/arena/index.ts';
import { INPUT_MAX, InputQueue } from './input-queue.ts';

const RING = 1024;

describe('typed input', () => {
  let tty: Tty;
  let queue: InputQueue;
  let arena: Arena;
  beforeEach(() => {
    arena = Arena.create({ pages: 64, journalBytes: 65536 });
    tty = new Tty(arena, Tty.create(arena, 1, RING));
    queue = new InputQueue(tty, new BufferWindow(arena));
  });

  /** What a program gets that reads `size` bytes at a time, the kernel being told after each. */
  function readAll(size: number): number[] {
    const out = new Uint8Array(size);
    const got: number[] = [];
    for (;;) {
      const count = tty.input.tryRead(new BufferWindow(arena).wrap(out), 0, size);
      if (count <= 0) return got;
      got.push(...out.subarray(0, count));
      queue.flush();
    }
  }

  function readAllOf(size: number): number[] {
    const out = new Uint8Array(size);
    tty.input.tryRead(new BufferWindow(arena).wrap(out), 0, size);
    return [...out];
  }

  it('that is longer than the ring comes whole and in order', () => {
    const bytes = Uint8Array.from({ length: 10 * RING + 7 }, (_, index) => index % 251);
    expect(queue.add(bytes.slice(0, 5000))).toBe(true);
    expect(queue.add(bytes.slice(5000))).toBe(true);
    expect(readAll(300)).toEqual([...bytes]);
  });

  it('ends where the end was typed', () => {
    queue.add(new Uint8Array(2 * RING));
    queue.addEnd();
    expect(tty.takeEnd()).toBe(false);
    expect(readAll(RING)).toHaveLength(2 * RING);
    expect(tty.takeEnd()).toBe(true);
  });

  it('is taken back whole, from the ring and from what waits for it', () => {
    const bytes = Uint8Array.from({ length: 3 * RING }, (_, index) => index % 251);
    queue.add(bytes);
    expect(readAllOf(100)).toEqual([...bytes.subarray(0, 100)]);
    expect([...queue.takeBack()]).toEqual([...bytes.subarray(100)]);
    expect([tty.input.readable(), queue.takeBack().length]).toEqual([0, 0]);
  });

  it('is refused, whole, when more waits than there is room for', () => {
    expect(queue.add(new Uint8Array(INPUT_MAX))).toBe(true);
    expect(queue.add(new Uint8Array(RING + 1))).toBe(false);
    expect(readAll(RING)).toHaveLength(INPUT_MAX);
    expect(queue.add(new Uint8Array(INPUT_MAX))).toBe(true);
  });

  it('is forgotten when a signal is typed', () => {
    queue.add(new Uint8Array(5 * RING));
    queue.addEnd();
    queue.discard();
    expect(readAll(RING)).toEqual([]);
    expect(tty.takeEnd()).toBe(false);
    queue.add(Uint8Array.of(1));
    expect(readAll(RING)).toEqual([1]);
  });
});
