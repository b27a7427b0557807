import { visibleName } from '../kit/index.ts';

/** Characters that may be twice as wide as others. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3ffff}]/u;

/** At most so many columns of whole characters. */
export function cut(text: string, max: number): string {
  const characters = [...visibleName(text.slice(0, 8 * max))];
  const widths = characters.map((character) => (WIDE.test(character) ? 2 : 1));
  if (widths.reduce((sum, width) => sum + width, 0) <= max) return characters.join('');
  let end = 0;
  for (let columns = 1; columns + widths[end]! <= max; end++) columns += widths[end]!;
  return `${characters.slice(0, end).join('')}…`;
}
