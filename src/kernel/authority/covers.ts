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

/** Whether some sequence matches both patterns. Never wrongly false. */
export function overlaps<T>(a: readonly T[], b: readonly T[], { many, one }: TokenRules<T>, compatible: (a: T, b: T) => boolean = (x, y) => one(x, y) || one(y, x)): boolean {
  let reached: boolean[] = [];
  for (let at = 0; at <= b.length; at++) reached.push(at === 0 || (reached[at - 1]! && many(b[at - 1]!)));
  for (const token of a) {
    const next: boolean[] = new Array<boolean>(b.length + 1).fill(false);
    for (let at = 0; at <= b.length; at++) {
      const other = at > 0 ? b[at - 1]! : undefined;
      next[at] = many(token) ? reached[at]! || (at > 0 && next[at - 1]!) : other !== undefined && ((many(other) && (reached[at]! || next[at - 1]!)) || (!many(other) && reached[at - 1]! && compatible(token, other)));
      if (other !== undefined && many(other) && (next[at - 1]! || reached[at]!)) next[at] = true;
    }
    reached = next;
  }
  return reached[b.length]!;
}
