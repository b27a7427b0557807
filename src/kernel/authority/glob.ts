import { PATH_MAX } from '../../shared/base/index.ts';
import { covers, overlaps, type TokenRules } from './covers.ts';

/** As `GLOB_PARTS_MAX` of the arena. */
const PARTS_MAX = 31;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Within a part: `*` any number of characters, `?` one of them. */
const CHARACTERS: TokenRules<string> = {
  many: (token) => token === '*',
  one: (outer, inner) => outer === inner || outer === '?',
};

const PARTS: TokenRules<string> = { many: (token) => token === '**', one: partCovers };

function isWild(part: string): boolean {
  return part.includes('*') || part.includes('?');
}

function partCovers(outer: string, inner: string): boolean {
  if (outer === inner || outer === '*') return true;
  return isWild(outer) && covers([...outer], [...inner], CHARACTERS);
}

function partsMeet(a: string, b: string): boolean {
  if (a === b || a === '*' || b === '*') return true;
  return (isWild(a) || isWild(b)) && overlaps([...a], [...b], CHARACTERS);
}

/** Why a text is no absolute glob; null if it is one. */
export function globFault(text: string): string | null {
  if (!text.startsWith('/')) return 'a path is absolute: it begins with /';
  if (text.length > PATH_MAX) return `a path has at most ${PATH_MAX} characters`;
  if (CONTROL.test(text)) return 'a path has no control characters';
  if (text === '/') return null;
  const parts = text.slice(1).split('/');
  if (parts.length > PARTS_MAX) return `a path has at most ${PARTS_MAX} parts`;
  for (const part of parts) {
    if (part === '') return 'a path has no empty parts and does not end in /';
    if (part === '.' || part === '..') return `a path has no ${part}: name the directory itself`;
    if (part !== '**' && part.includes('**')) return '** stands for whole parts only';
  }
  return null;
}

function partsOf(glob: string): string[] {
  return glob === '/' ? [] : glob.slice(1).split('/');
}

interface Asked {
  readonly text: string;
  /** Null for what is no absolute glob. */
  readonly parts: readonly string[] | null;
}

/** One action is compared with many globs, one after the other. */
let last: Asked = { text: '', parts: null };

function asked(text: string): readonly string[] | null {
  if (last.text !== text) last = { text, parts: globFault(text) === null ? partsOf(text) : null };
  return last.parts;
}

/** A glob, made ready for many questions. */
export class Glob {
  readonly text: string;
  readonly #parts: readonly string[];
  /** How many of them at the beginning have no wildcards. */
  readonly #literal: number;

  constructor(text: string) {
    this.text = text;
    this.#parts = partsOf(text);
    const wild = this.#parts.findIndex(isWild);
    this.#literal = wild < 0 ? this.#parts.length : wild;
  }

  /** Whether all that the path or glob `other` names is named by this one. `/a/**` has `/a` too. What is no absolute glob is not covered. */
  covers(other: string): boolean {
    const parts = asked(other);
    if (!parts || parts.length < this.#literal) return false;
    for (let at = 0; at < this.#literal; at++) if (parts[at] !== this.#parts[at]) return false;
    return covers(this.#parts, parts, PARTS);
  }

  /** Whether something is named by both; of what is no absolute glob it is taken to be so. */
  overlaps(other: string): boolean {
    const parts = asked(other);
    if (!parts) return true;
    for (let at = 0; at < this.#literal && at < parts.length; at++) {
      if (isWild(parts[at]!)) break;
      if (parts[at] !== this.#parts[at]) return false;
    }
    return overlaps(this.#parts, parts, PARTS, partsMeet);
  }
}

/** The longest directory of a glob that has no wildcard, and whether the glob is all of it. A glob without wildcards is its directory's. */
export function literalBase(glob: string): { directory: string; whole: boolean } {
  const parts = partsOf(glob);
  const wild = parts.findIndex(isWild);
  const end = wild < 0 ? Math.max(0, parts.length - 1) : wild;
  return { directory: `/${parts.slice(0, end).join('/')}`, whole: wild >= 0 && wild === parts.length - 1 && parts[wild] === '**' };
}
