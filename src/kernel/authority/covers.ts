/** How tokens of one kind match: `many` stands for any number of them. */
export interface TokenRules<T> {
  many(token: T): boolean;
  /** Whether `outer`, which is not `many`, covers `inner`, which is not either. */
  one(outer: T, inner: T): boolean;
}

/**
 * Whether every sequence that matches the pattern `inner` matches `outer` too; both may have wildcards. Never wrongly true; a containment that
 * only the alternatives of a wildcard together would show is not seen. Takes as many steps as the product of the lengths.
 */
export function covers<T>(outer: readonly T[], inner: readonly T[], rules: TokenRules<T>): boolean {
  let reached: boolean[] = [true, ...inner.map(() => false)];
  for (const token of outer) {
    const next: boolean[] = new Array<boolean>(inner.length + 1).fill(false);
    const many = rules.many(token);
    let open = false;
    for (let at = 0; at <= inner.length; at++) {
      if (many) next[at] = open ||= reached[at]!;
      else if (at > 0) next[at] = reached[at - 1]! && !rules.many(inner[at - 1]!) && rules.one(token, inner[at - 1]!);
    }
    reached = next;
  }
  return reached[inner.length]!;
}
