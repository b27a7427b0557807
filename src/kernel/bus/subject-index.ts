import { typeOfSubject } from '../../shared/ipc/index.ts';
import { parseSubject, SubjectTrie, type ArenaBus } from '../../shared/bus/index.ts';

/** Bound of the table of matched subjects; when it is full it starts anew. */
const CACHE_MAX = 4096;

/** What is known of a subject. */
export interface Match<T> {
  readonly subject: string;
  /** Everything whose pattern takes the subject, each once per `add`. */
  readonly items: readonly T[];
  /** The type that the subject is registered with. */
  readonly type: string | undefined;
  /** The same subject in the arena, once somebody has asked. */
  topic: ReturnType<ArenaBus['topicOf']>;
}

/** Finds who listens to a subject: a table of the subjects seen since the last change makes a repeated one a single map lookup. */
export class SubjectIndex<T> {
  readonly #trie = new SubjectTrie<T>();
  readonly #matched = new Map<string, Match<T>>();
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

  /** @throws FsError EINVAL for an invalid subject. */
  match(subject: string): Match<T> {
    const known = this.#matched.get(subject);
    if (known) return known;
    const found: Match<T> = { subject, items: this.#trie.match(parseSubject(subject)), type: typeOfSubject(subject), topic: null };
    if (this.#matched.size >= CACHE_MAX) this.#matched.clear();
    this.#matched.set(subject, found);
    this.onSubject(subject);
    return found;
  }
}
