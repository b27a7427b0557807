import { compilePattern, matches, unescapePattern } from './pattern.ts';
import type { ExpandScope } from './scope.ts';

const GLOB = /(?:^|[^\\])(?:\\\\)*[*?[]/;

/** Paths that match a pattern, sorted; none if there are none. A name that begins with a dot wants a dot in the pattern. */
export function glob(pattern: string, scope: Pick<ExpandScope, 'list' | 'exists'>): string[] {
  const absolute = /^\/+/.exec(pattern)?.[0] ?? '';
  const parts = pattern.slice(absolute.length).split(/\/+/);
  let found = [absolute === '' ? '' : '/'];
  for (const part of parts) {
    if (GLOB.test(part)) found = found.flatMap((base) => children(base, part, scope).map((name) => join(base, name)));
    else found = found.map((base) => join(base, unescapePattern(part)));
  }
  // What was listed is there.
  return GLOB.test(parts.at(-1)!) ? found : found.filter((path) => scope.exists(path));
}

/** An empty name, of a slash at the end, wants a directory. */
function join(base: string, name: string): string {
  return `${base}${base === '' || base.endsWith('/') ? '' : '/'}${name}`;
}

function children(base: string, part: string, scope: Pick<ExpandScope, 'list'>): string[] {
  const pattern = compilePattern(part);
  const hidden = part.startsWith('.') || part.startsWith('\\.');
  return scope.list(base).filter((name) => (hidden || !name.startsWith('.')) && matches(pattern, name));
}
