import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [night = '', day = ''] = css.split("[data-theme='day']");

function colours(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})[;\s]/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ['bg', 'panel', 'raised', 'hover', 'select'];
const TEXTS = ['text', 'soft', 'mute', 'blue', 'cyan', 'green', 'violet', 'orange', 'red', 'yellow', 'teal'];

describe.each([['night', colours(night)], ['day', colours(day)]])('%s', (_name, palette) => {
  it.each(TEXTS)('%s reads on every surface', (text) => {
    for (const surface of SURFACES) {
      expect(contrast(palette.get(text) ?? '', palette.get(surface) ?? ''), surface).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('button text reads on the accent', () => {
    expect(contrast(palette.get('on-accent') ?? '', palette.get('blue') ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
