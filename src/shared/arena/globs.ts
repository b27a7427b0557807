import type { Arena } from './arena.ts';
import { GlobWord, GlobsWord } from './layout.ts';

/** Patterns of one directory, at most: as many as `Ofd.MATCHED` has bits. */
export const GLOBS_MAX = 32;
/** Parts of one pattern, at most: a place in it is a bit. */
export const GLOB_PARTS_MAX = 31;
/** What `match` gives as a name's rights where the name leads to others that match. */
export const LEADS = 1 << 30;

const SLASH = 47;
const STAR = 42;
const QUESTION = 63;

export interface GlobPattern {
  /** Relative, in UTF-8: `*` and `?` within a part, `**` for any number of parts. */
  text: Uint8Array;
  rights: number;
  grant: number;
}

/** A record with one reference; it takes over a reference to the inode `base`. 0 when the arena is full. At most GLOBS_MAX patterns. */
export function createGlobs(arena: Arena, base: number, patterns: readonly GlobPattern[]): number {
  const head = (GlobsWord.FIRST + patterns.length * GlobWord.SIZE) * 4;
  const address = arena.alloc(head + patterns.reduce((sum, { text }) => sum + text.length, 0));
  if (address === 0) return 0;
  const { u32, u8 } = arena;
  const word = address >>> 2;
  u32[word + GlobsWord.REFS] = 1;
  u32[word + GlobsWord.BASE] = base;
  u32[word + GlobsWord.COUNT] = patterns.length;
  let [at, text] = [word + GlobsWord.FIRST, head];
  for (const pattern of patterns) {
    u32[at + GlobWord.RIGHTS] = pattern.rights;
    u32[at + GlobWord.GRANT] = pattern.grant;
    u32[at + GlobWord.TEXT] = text;
    u32[at + GlobWord.LENGTH] = pattern.text.length;
    u8.set(pattern.text, address + text);
    [at, text] = [at + GlobWord.SIZE, text + pattern.text.length];
  }
  return address;
}

/** What the patterns of a record say of a path. Made once for a process, then used for any record. */
export class GlobMatcher {
  /** Of the last `match`: bits of the patterns that matched. */
  matched = 0;
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** All rights that names below can have. */
  rights(globs: number): number {
    const { u32 } = this.#arena;
    let rights = 0;
    for (let i = 0, at = (globs >>> 2) + GlobsWord.FIRST; i < u32[(globs >>> 2) + GlobsWord.COUNT]!; i++, at += GlobWord.SIZE) rights |= u32[at + GlobWord.RIGHTS]!;
    return rights;
  }

  /**
   * The union of the rights of all patterns that match `path` from `from` to `end` (parts with a slash between, none for the base itself), and LEADS where longer paths may match. `withheld`: bits that no
   * pattern gives after all.
   */
  match(globs: number, path: Uint8Array, from: number, end: number, withheld = 0): number {
    const { u32 } = this.#arena;
    let rights = from === end ? LEADS : 0;
    this.matched = 0;
    for (let i = 0, at = (globs >>> 2) + GlobsWord.FIRST; i < u32[(globs >>> 2) + GlobsWord.COUNT]!; i++, at += GlobWord.SIZE) {
      const given = u32[at + GlobWord.RIGHTS]! & ~withheld;
      // Withheld, or of a grant that was revoked.
      if (given === 0) continue;
      const text = globs + u32[at + GlobWord.TEXT]!;
      const found = this.#one(text, text + u32[at + GlobWord.LENGTH]!, path, from, end);
      if (found & 1) {
        rights |= given;
        this.matched |= 1 << i;
      }
      if (found & 2) rights |= LEADS;
    }
    return rights;
  }

  /** Bit 0: all of the path matches all of the pattern; bit 1: a longer one may. The places in the pattern that the path can be at are kept as bits. */
  #one(text: number, textEnd: number, path: Uint8Array, from: number, end: number): number {
    const { u8 } = this.#arena;
    let places = this.#settle(1, text, textEnd);
    for (let at = from; at < end && places !== 0;) {
      let to = at;
      while (to < end && path[to] !== SLASH) to++;
      let next = 0;
      let [part, place] = [text, 0];
      for (; part < textEnd; place++) {
        let partEnd = part;
        while (partEnd < textEnd && u8[partEnd] !== SLASH) partEnd++;
        if (places & (1 << place)) {
          if (isAny(u8, part, partEnd)) next |= 1 << place;
          else if (matchesPart(u8, part, partEnd, path, at, to)) next |= 1 << (place + 1);
        }
        part = partEnd + 1;
      }
      places = this.#settle(next, text, textEnd);
      at = to + 1;
    }
    const last = this.#parts(text, textEnd);
    return (places & (1 << last) ? 1 : 0) | (places & ((1 << last) - 1) ? 2 : 0);
  }

  /** From before a `**` one may go on behind it without a part. */
  #settle(places: number, text: number, textEnd: number): number {
    const { u8 } = this.#arena;
    let [part, place] = [text, 0];
    for (; part < textEnd; place++) {
      let partEnd = part;
      while (partEnd < textEnd && u8[partEnd] !== SLASH) partEnd++;
      if (places & (1 << place) && isAny(u8, part, partEnd)) places |= 1 << (place + 1);
      part = partEnd + 1;
    }
    return places;
  }

  #parts(text: number, textEnd: number): number {
    let count = textEnd > text ? 1 : 0;
    for (let at = text; at < textEnd; at++) if (this.#arena.u8[at] === SLASH) count++;
    return count;
  }
}

function isAny(u8: Uint8Array, part: number, end: number): boolean {
  return end - part === 2 && u8[part] === STAR && u8[part + 1] === STAR;
}

/** One part: `*` stands for any bytes, `?` for one character, which may have several. */
function matchesPart(u8: Uint8Array, part: number, partEnd: number, path: Uint8Array, from: number, end: number): boolean {
  let [p, at] = [part, from];
  /** Where to go on when what follows the last star did not match: the star takes one byte more. */
  let [star, mark] = [-1, 0];
  while (at < end) {
    const c = p < partEnd ? u8[p]! : -1;
    if (c === STAR) [star, mark] = [p++, at];
    else if (c === QUESTION) {
      p++;
      at = nextCharacter(path, at, end);
    } else if (c === path[at]) {
      p++;
      at++;
    } else {
      if (star < 0) return false;
      p = star + 1;
      at = mark = nextCharacter(path, mark, end);
    }
  }
  while (p < partEnd && u8[p] === STAR) p++;
  return p === partEnd;
}

function nextCharacter(path: Uint8Array, at: number, end: number): number {
  at++;
  while (at < end && (path[at]! & 0xc0) === 0x80) at++;
  return at;
}
