const TITLE_MAX = 60;

/** A title that a program gave to its terminal, as a tab shows it: one line without anything invisible, not long. Empty: none. */
export function shownTitle(title: string): string {
  const text = title.slice(0, 4 * TITLE_MAX).replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const letters = Array.from(text);
  return letters.length > TITLE_MAX ? `${letters.slice(0, TITLE_MAX - 1).join('')}…` : text;
}
