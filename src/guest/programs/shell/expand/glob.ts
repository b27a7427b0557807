import { compilePattern, matches, unescapePattern } from './pattern.ts';
import type { ExpandScope } from './scope.ts';

/** A `[` alone, as the command of that name, is none. */
const GLOB = /(?:^|[^\\])(?:\\\\)*(?:[*?]|\[[^]*\])/;

/** Paths that match a pattern, sorted; none if there are none. A name that begins with a dot wants a dot in the pattern. */
export function glob(pattern: string, scope: Pick<ExpandScope, 'list' | 'exists'>): string[] {
  if (!GLOB.test(pattern)) return [];
  // Names and, in between, slashes as they are written.
  const parts = pattern.split(/(\/+)/);
  let found = [''];
  for (const part of parts) {
    if (GLOB.test(part)) found = found.flatMap((base) => children(base, part, scope).map((name) => base + name));
    else found = found.map((base) => base + unescapePattern(part));
  }
  // What was listed is there; a slash at the end wants a directory.
  return GLOB.test(parts.at(-1)!) ? found : found.filter((path) => scope.exists(path));
}

function children(base: string, part: string, scope: Pick<ExpandScope, 'list'>): string[] {
  const pattern = compilePattern(part);
  const hidden = part.startsWith('.') || part.startsWith('\\.');
  return scope.list(base).filter((name) => (hidden || !name.startsWith('.')) && matches(pattern, name));
}
