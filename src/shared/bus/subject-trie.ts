interface Node<T> {
  children: Map<string, Node<T>>;
  /** Patterns that end here. */
  here: Set<T>;
  /** Patterns that end here with `>`. */
  rest: Set<T>;
}

function emptyNode<T>(): Node<T> {
  return { children: new Map(), here: new Set(), rest: new Set() };
}

function isBare<T>(node: Node<T>): boolean {
  return node.children.size === 0 && node.here.size === 0 && node.rest.size === 0;
}

/** Parsed patterns with an item each, in a trie by token. */
export class SubjectTrie<T> {
  readonly #root = emptyNode<T>();

  add(pattern: readonly string[], item: T): void {
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
    this.#removeBelow(this.#root, pattern, 0, item);
  }

  #removeBelow(node: Node<T>, pattern: readonly string[], depth: number, item: T): void {
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

  /** Everything whose pattern takes the subject, each once per `add`. */
  match(subject: readonly string[]): T[] {
    const found: T[] = [];
    this.#collect(this.#root, subject, 0, found);
    return found;
  }

  #collect(node: Node<T>, tokens: readonly string[], depth: number, found: T[]): void {
    const token = tokens[depth];
    if (token === undefined) {
      for (const item of node.here) found.push(item);
      return;
    }
    for (const item of node.rest) found.push(item);
    const literal = node.children.get(token);
    if (literal) this.#collect(literal, tokens, depth + 1, found);
    const any = node.children.get('*');
    if (any) this.#collect(any, tokens, depth + 1, found);
  }
}
