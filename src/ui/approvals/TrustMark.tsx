import { useState, type ReactElement } from 'react';
import { loadSetting, saveSetting } from '../stores/index.ts';
import { markOf, type TrustMark } from './trust-mark.ts';

/** Made at the first visit; a browser that keeps nothing has a new one each time. */
function ownMark(): TrustMark {
  const kept = loadSetting<number | null>('trust-mark', null, (value) => (Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32 ? (value as number) : undefined));
  if (kept !== null) return markOf(kept);
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  saveSetting('trust-mark', seed);
  return markOf(seed);
}

/** The page's own mark on what it asks: a pattern and two words. */
export function OwnMark({ text }: { text: string }): ReactElement {
  const [{ words, cells, colour }] = useState(ownMark);
  return (
    <span className="own-mark" title="Made at random for this browser. Programs cannot know it: what asks without it is not Palimpsest.">
      <svg viewBox="0 0 5 5" width="20" height="20" role="img" aria-label="Pattern of this browser" style={{ color: `var(--${colour})` }}>
        {cells.map((on, at) => on && <rect key={at} x={at % 5} y={Math.floor(at / 5)} width="1.02" height="1.02" fill="currentColor" />)}
      </svg>
      <span>{text} <b>{words}</b></span>
    </span>
  );
}
