const SLASH = 47;
/** Words that are looked at; a program with more of them has its paths decided by what is there. */
const WORDS_MAX = 256;

const encoder = new TextEncoder();

/** What the words say of a path: `below-root`: only that the program was given `/` itself. */
export type Verdict = 'root' | 'below-root' | 'nothing';

/** The names that a program was told: in its arguments, and its working directory. Kept as wasi-libc would send them. */
export class SpokenNames {
  #absolute: Uint8Array[] = [];
  #relative: Uint8Array[] = [];

  tell(args: readonly string[], env: readonly string[]): void {
    const words = args.slice(0, WORDS_MAX).flatMap(namesIn);
    const pwd = env.find((variable) => variable.startsWith('PWD=/'));
    // Of its own it says something only about names below it: programs that go there first ask for whole paths from then on.
    const own = pwd === undefined || stripped(pwd.slice(4)) === '' ? [] : [pwd.slice(4)];
    const bytesOf = (list: string[]): Uint8Array[] => [...new Set(list.map(stripped))].map((name) => encoder.encode(name));
    this.#absolute = bytesOf([...words.filter((word) => word.startsWith('/')), ...own]);
    this.#relative = bytesOf(words.filter((word) => !word.startsWith('/')));
  }

  verdict(bytes: Uint8Array, at: number, length: number): Verdict {
    if (this.#absolute.length === 0) return 'nothing';
    const absolute = longest(this.#absolute, bytes, at, length);
    if (absolute < 0 || longest(this.#relative, bytes, at, length) >= absolute) return 'nothing';
    return absolute === 0 ? 'below-root' : 'root';
  }
}

/** The names in an argument: itself, what follows `=`, and in an option what begins with a slash (`-I/usr/include`). */
function namesIn(word: string): string[] {
  const value = word.indexOf('=');
  const names = value >= 0 ? [word.slice(value + 1)] : [];
  if (!word.startsWith('-')) return [word, ...names];
  const slash = value < 0 ? word.indexOf('/') : -1;
  return slash > 0 ? [word.slice(slash)] : names;
}

/** As wasi-libc does it: leading slashes and `./` away; here trailing ones too. `.` and `/` are the empty name. */
function stripped(name: string): string {
  return name.replace(/^(?:\/|\.\/)*(?:\.$)?/, '').replace(/\/+$/, '');
}

/** Length of the longest name that the path is or lies below; -1 if there is none. */
function longest(names: readonly Uint8Array[], bytes: Uint8Array, at: number, length: number): number {
  let best = -1;
  for (const name of names) if (name.length > best && begins(name, bytes, at, length)) best = name.length;
  return best;
}

function begins(name: Uint8Array, bytes: Uint8Array, at: number, length: number): boolean {
  const size = name.length;
  // The empty name is `/` or `.`: everything lies below.
  if (size === 0) return true;
  if (size > length || (size < length && bytes[at + size] !== SLASH)) return false;
  for (let index = 0; index < size; index++) if (bytes[at + index] !== name[index]) return false;
  return true;
}
