import { joinPath } from '../../shared/base/index.ts';
import { noted } from '../../shared/trace/index.ts';

/** Longer paths are not told. */
const TEXT_MAX = 4096;
/** A power of two: some 5 MB when all of them are in use. */
const CACHE = 32_768;
/** Directories that were opened by each other and hold on to one another. */
const DEPTH_MAX = 32;

/** Text of a call, or a path below another: of each one object as long as it is in the cache, so that it is decoded, joined and compared once. */
export interface PathNode {
  /** What it is below; null: the text is all. */
  readonly parent: PathNode | null;
  readonly depth: number;
  readonly words: Uint32Array;
  /** Bytes. */
  readonly size: number;
  /** Undefined: not asked for yet. Null: it cannot be told. */
  text: string | null | undefined;
  /** Last search that looked at it, and what came of it. */
  search: number;
  found: boolean;
}

/** Names with one slash between them, none of which is `.` or `..`: most paths. */
const SIMPLE = /^(?!\.{1,2}(?:\/|$))[^/]+(?:\/(?!\.{1,2}(?:\/|$))[^/]+)*$/;
const decoder = new TextDecoder();
const nothing = new Uint32Array(0);

export function nodeOf(text: string | null): PathNode {
  return { parent: null, depth: 0, words: nothing, size: 0, text, search: 0, found: false };
}

/** Untrusted text; null where it cannot be told. */
export function textOf(node: PathNode): string | null {
  if (node.text !== undefined) return node.text;
  const own = decoder.decode(new Uint8Array(node.words.buffer, 0, node.size));
  if (node.parent === null) return (node.text = own);
  const above = textOf(node.parent);
  // A socket, a pipe: nothing is below it.
  if (above === null || !above.startsWith('/')) return (node.text = null);
  const text = own === '' ? above : SIMPLE.test(own) ? `${above === '/' ? '' : above}/${own}` : joinPath(above, own);
  return (node.text = text.length > TEXT_MAX ? null : text);
}

/** Makes nodes, and finds those that it made lately. */
export class PathNodes {
  readonly #cache: (PathNode | undefined)[] = Array.from({ length: CACHE });

  /** `at`: index of the first word of a record's string, `length` its bytes as they were passed. */
  find(below: PathNode | null, words: Uint32Array, at: number, length: number): PathNode {
    const size = noted(length);
    const count = (size + 3) >>> 2;
    let hash = size;
    for (let word = 0; word < count; word++) hash = Math.imul(hash ^ words[at + word]!, 0x9e3779b1) ^ (hash >>> 15);
    const slot = (hash ^ (hash >>> 13)) & (CACHE - 1);
    const known = this.#cache[slot];
    if (known !== undefined && known.parent === below && known.size === size && isSame(known.words, words, at)) return known;
    const parent = below !== null && below.depth >= DEPTH_MAX ? nodeOf(textOf(below)) : below;
    return (this.#cache[slot] = { parent, depth: parent === null ? 0 : parent.depth + 1, words: words.slice(at, at + count), size, text: undefined, search: 0, found: false });
  }
}

function isSame(known: Uint32Array, words: Uint32Array, at: number): boolean {
  for (let word = 0; word < known.length; word++) if (known[word] !== words[at + word]) return false;
  return true;
}
