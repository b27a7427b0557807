import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatMoment, plural, visibleName } from './format.ts';

describe('format', () => {
  it('bytes', () => {
    expect([0, 1023, 1024, 1536, 10240, 1048576, 1048575, 2 ** 41].map(formatBytes))
      .toEqual(['0 B', '1023 B', '1.0 KB', '1.5 KB', '10 KB', '1.0 MB', '1.0 MB', '2.0 TB']);
  });
  it('durations', () => {
    expect([0.52, 214.3, 3400, 125_000].map(formatDuration)).toEqual(['0.5 ms', '214 ms', '3.4 s', '2 min 05 s']);
  });
  it('counts', () => {
    expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
    expect([plural(1, 'file'), plural(2, 'entry', 'entries')]).toEqual(['1 file', '2 entries']);
  });
  it('names with control and direction characters', () => {
    expect(visibleName('a\u200bb\u061cc\u2060d\u{e0041}e\ud800f\u00adg\ufe0f')).toBe('a\\u{200b}b\\u{61c}c\\u{2060}d\\u{e0041}e\\u{d800}f\\u{ad}g\\u{fe0f}');
    for (const emoji of ['👨‍👩‍👧', '🏳️‍🌈', '👩🏽‍💻', '1️⃣', '🇩🇪', 'e\u0301', 'سلام', '日本']) expect(visibleName(emoji)).toBe(emoji);
    expect(visibleName('a\nb\u202egnp.exe\u0007 ü')).toBe('a\\nb\\u{202e}gnp.exe\\u{7} ü');
  });
});

describe('formatMoment', () => {
  it('leaves the date out today', () => {
    const at = new Date(2026, 2, 4, 5, 6, 7).getTime();
    expect(formatMoment(at, new Date(2026, 2, 4, 23).getTime())).toBe('05:06:07');
    expect(formatMoment(at, new Date(2026, 2, 5).getTime())).toBe('2026-03-04 05:06:07');
  });
});
