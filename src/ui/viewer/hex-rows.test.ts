import { describe, expect, it } from 'vitest';
import { hexOffset, hexRow, scrollScale } from './hex-rows.ts';

describe('hex rows', () => {
  it('dumps bytes and pads the last row', () => {
    expect(hexRow(new TextEncoder().encode('Az\0'), 4)).toEqual({ hex: '41 7a 00   ', text: 'Az·' });
    expect(hexRow(new Uint8Array(16), 16).hex).toHaveLength(48);
    expect(hexOffset(2 ** 33)).toBe('200000000');
  });
  it('reaches every row of a huge file', () => {
    const rows = 2 ** 30 / 16;
    const scale = scrollScale(rows, 20, 600);
    expect(scale.height).toBe(8_000_000);
    expect(scale.rowAt(0)).toBe(0);
    expect(scale.rowAt(scale.height - 600)).toBe(rows - 30);
    expect(scale.rowAt(scale.topOf(123_456))).toBe(123_456);
  });
  it('is exact for small ones', () => expect(scrollScale(100, 20, 200).rowAt(45)).toBe(2));
});
