import { parseSubject, SubjectTrie } from '../../shared/bus/index.ts';

/** Bound of the table of matched subjects; when it is full it starts anew. */
const CACHE_MAX = 4096;

/** Finds who listens to a subject: a table of the subjects seen since the last change makes a repeated one a single map lookup. */
export class SubjectIndex<T> {
  readonly #trie = new SubjectTrie<T>();
  readonly #matched = new Map<string, readonly T[]>();
  /** Hears of subjects that are in no table: new ones, and all again once somebody came or went. */
  onSubject: (subject: string) => void = () => {};

  add(pattern: readonly string[], item: T): void {
    this.#matched.clear();
    this.#trie.add(pattern, item);
  }

  remove(pattern: readonly string[], item: T): void {
    this.#matched.clear();
    this.#trie.remove(pattern, item);
  }

  /** Everything whose pattern takes `subject`, each once per `add`. @throws FsError EINVAL for an invalid subject. */
  match(subject: string): readonly T[] {
    const known = this.#matched.get(subject);
    if (known) return known;
    const found = this.#trie.match(parseSubject(subject));
    if (this.#matched.size >= CACHE_MAX) this.#matched.clear();
    this.#matched.set(subject, found);
    this.onSubject(subject);
    return found;
  }
}
