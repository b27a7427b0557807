import { parseSubject } from './subject.ts';

interface TrieNode<T> {
  children: Map<string, TrieNode<T>>;
  /** Patterns that end here. */
  here: Set<T>;
  /** Patterns that end here with `>`. */
  rest: Set<T>;
}

/** Bound of the table of matched subjects; when it is full it starts anew. */
const CACHE_MAX = 4096;

function emptyNode<T>(): TrieNode<T> {
  return { children: new Map(), here: new Set(), rest: new Set() };
}

function isBare<T>(node: TrieNode<T>): boolean {
  return node.children.size === 0 && node.here.size === 0 && node.rest.size === 0;
}

/**
 * Finds who listens to a subject. Patterns live in a trie by token; a table of the subjects seen since the last
 * change makes a repeated subject one map lookup, without parsing it again.
 */
export class SubjectIndex<T> {
  readonly #root = emptyNode<T>();
  readonly #matched = new Map<string, readonly T[]>();
  /** Hears of subjects that are in no table: new ones, and all again once somebody came or went. */
  onSubject: (subject: string) => void = () => {};

  add(pattern: readonly string[], item: T): void {
    this.#matched.clear();
    let node = this.#root;
    for (const token of pattern) {
      if (token === '>') {
        node.rest.add(item);
        return;
      }
      let next = node.children.get(token);
      if (!next) node.children.set(token, (next = emptyNode()));
      node = next;
    }
    node.here.add(item);
  }

  remove(pattern: readonly string[], item: T): void {
    this.#matched.clear();
    this.#removeBelow(this.#root, pattern, 0, item);
  }

  #removeBelow(node: TrieNode<T>, pattern: readonly string[], depth: number, item: T): void {
    const token = pattern[depth];
    if (token === undefined) node.here.delete(item);
    else if (token === '>') node.rest.delete(item);
    else {
      const next = node.children.get(token);
      if (!next) return;
      this.#removeBelow(next, pattern, depth + 1, item);
      if (isBare(next)) node.children.delete(token);
    }
  }

  /** Everything whose pattern takes `subject`, each once per `add`. @throws FsError EINVAL for an invalid subject. */
  match(subject: string): readonly T[] {
    const known = this.#matched.get(subject);
    if (known) return known;
    const found: T[] = [];
    this.#collect(this.#root, parseSubject(subject), 0, found);
    if (this.#matched.size >= CACHE_MAX) this.#matched.clear();
    this.#matched.set(subject, found);
    this.onSubject(subject);
    return found;
  }

  #collect(node: TrieNode<T>, tokens: readonly string[], depth: number, found: T[]): void {
    const token = tokens[depth];
    if (token === undefined) {
      found.push(...node.here);
      return;
    }
    found.push(...node.rest);
    const literal = node.children.get(token);
    if (literal) this.#collect(literal, tokens, depth + 1, found);
    const any = node.children.get('*');
    if (any) this.#collect(any, tokens, depth + 1, found);
  }
}
