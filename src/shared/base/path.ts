/** Longest name of one entry, in bytes of UTF-8. */
export const NAME_MAX = 255;
/** Longest path, in bytes of UTF-8. */
export const PATH_MAX = 4096;

/** Joins a base and a path as a shell does; an absolute `path` wins. Lexical only where it removes `.` and `//`. */
export function joinPath(base: string, path: string): string {
  const whole = path.startsWith('/') ? path : `${base}/${path}`;
  const parts = whole.split('/').filter((part) => part !== '' && part !== '.');
  return `${whole.startsWith('/') ? '/' : ''}${parts.join('/')}` || '.';
}

/** Resolves `..` lexically, for display and for user input; never for access checks. */
export function normalizePath(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
}

/** `/a/b` for `/a/b/c`; `/` for `/`. */
export function dirname(path: string): string {
  const cut = path.replace(/\/+$/, '').lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** `c` for `/a/b/c`. */
export function basename(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
