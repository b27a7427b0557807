import { type ReactElement } from 'react';
import type { Match } from './fuzzy.ts';

/** A text with the parts marked that matched. */
export function Marked({ text, ranges }: { text: string; ranges: Match['ranges'] }): ReactElement {
  const parts: (string | ReactElement)[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    parts.push(text.slice(from, start), <mark key={start} className="marked">{text.slice(start, end)}</mark>);
    from = end;
  }
  parts.push(text.slice(from));
  return <>{parts}</>;
}
