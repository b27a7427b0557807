/** Keys that are held while another is pressed, as bits of a set. */
export const CONTROL = 4;
export const ALT = 2;

const FINAL = { Up: 'A', Down: 'B', Right: 'C', Left: 'D', End: 'F', Home: 'H' } as const;
const PLAIN = { Escape: '\x1b', Tab: '\t' } as const;

export type SoftKey = keyof typeof FINAL | keyof typeof PLAIN | 'PageUp' | 'PageDown';

/** What a terminal sends for a key; null for what is no such key. `held`: of CONTROL and ALT. `application`: the program has asked for the other form of arrows. */
export function softKey(key: string, held: number, application: boolean): string | null {
  if (key in PLAIN) return PLAIN[key as keyof typeof PLAIN];
  if (!(key in FINAL)) return null;
  const final = FINAL[key as keyof typeof FINAL];
  if (held !== 0) return `\x1b[1;${1 + held}${final}`;
  return `\x1b${application ? 'O' : '['}${final}`;
}

/** What a letter is with keys held; null where there is no such character, or nothing is held. */
export function typedWith(letter: string, held: number): string | null {
  const upper = letter.toUpperCase();
  const control = (held & CONTROL) === 0 ? letter : upper >= '@' && upper <= '_' && upper.length === 1 ? String.fromCharCode(upper.charCodeAt(0) & 31) : null;
  if (control === null || held === 0) return null;
  return (held & ALT) === 0 ? control : `\x1b${control}`;
}
