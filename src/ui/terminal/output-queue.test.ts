import { describe, expect, it } from 'vitest';
import { OutputQueue, WRITE_MAX } from './output-queue.ts';

describe('OutputQueue', () => {
  it('writes small pieces in order, one at a time, and acknowledges each when it is drawn', () => {
    const written: number[] = [];
    const acknowledged: number[] = [];
    const callbacks: (() => void)[] = [];
    const queue = new OutputQueue((data, done) => {
      written.push(data.length);
      callbacks.push(done);
    }, (bytes) => acknowledged.push(bytes));
    queue.push(new Uint8Array(WRITE_MAX + 5));
    queue.push(new Uint8Array(3));
    expect([written, acknowledged]).toEqual([[WRITE_MAX], []]);
    for (let turn = 0; turn < 3; turn++) callbacks.shift()?.();
    expect(written).toEqual([WRITE_MAX, 5, 3]);
    expect(acknowledged).toEqual([WRITE_MAX, 5, 3]);
    queue.push(new Uint8Array(1));
    expect(written).toHaveLength(4);
  });
});
