import { expect, test } from 'vitest';
import { Arena, createGlobs, GlobMatcher, KERNEL_PCB, LEADS, OfdKind, OpenFiles, ProcessHandle, GlobsWord } from './index.ts';

const encoder = new TextEncoder();

function fresh(): Arena {
  const arena = Arena.create({ pages: 512, journalBytes: 1 << 18 });
  arena.owner = new ProcessHandle(arena, KERNEL_PCB).pid;
  return arena;
}

function asker(...patterns: [string, number][]): (path: string) => [number, number] {
  const arena = fresh();
  const matcher = new GlobMatcher(arena);
  const globs = createGlobs(arena, 0, patterns.map(([text, rights], at) => ({ text: encoder.encode(text), rights, grant: at + 1 })));
  return (path) => {
    const bytes = encoder.encode(`xx${path}yy`);
    return [matcher.match(globs, bytes, 2, bytes.length - 2), matcher.matched];
  };
}

test('GL1: a name has the rights of all patterns that it matches, and leads where longer ones may', () => {
  const ask = asker(['*.txt', 1], ['**/*.csv', 2], ['out/*', 4]);
  expect(ask('')).toEqual([LEADS, 0]);
  expect(ask('a.txt')).toEqual([LEADS | 1, 1]);
  expect(ask('b/a.txt')).toEqual([LEADS, 0]);
  expect(ask('x/y/z.csv')).toEqual([LEADS | 2, 2]);
  expect(ask('out')).toEqual([LEADS, 0]);
  expect(ask('out/q.csv')).toEqual([LEADS | 6, 6]);
  const plain = asker(['motd', 1]);
  expect([plain('motd'), plain('motd/x'), plain('other'), plain('')]).toEqual([[1, 1], [0, 0], [0, 0], [LEADS, 0]]);
  const whole = asker(['notes/**', 15]);
  expect([whole('notes'), whole('notes/a/b'), whole('note')]).toEqual([[LEADS | 15, 1], [LEADS | 15, 1], [0, 0]]);
});

test('GL1: `?` is one character, of several bytes too; `*` no slash; nothing else is special', () => {
  const ask = asker(['a?c', 1], ['[x].*', 2]);
  expect([ask('aéc')[0], ask('a🙂c')[0], ask('ac')[0], ask('abbc')[0], ask('[x].y')[0], ask('x.y')[0]]).toEqual([1, 1, 0, 0, 2, 0]);
  const star = asker(['*a*b', 1]);
  expect([star('ab')[0], star('xaybzb')[0], star('xa/b')[0], star('é.a.é.b')[0]]).toEqual([1, 1, 0, 1]);
});

/** A pattern as a regular expression, the obvious way. */
function naive(pattern: string): RegExp {
  const parts = pattern.split('/').map((part) => (part === '**' ? '(?:[^/]+/)*' : `${[...part].map((c) => (c === '*' ? '[^/]*' : c === '?' ? '[^/]' : c)).join('')}/`));
  return new RegExp(`^${parts.join('')}$`, 'u');
}

test.each([1, 2, 3, 4])('GL1: as a naive matcher has it (seed %i)', (seed) => {
  let state = seed;
  const pick = <T>(among: readonly T[]): T => among[(state = (Math.imul(state, 1103515245) + 12345) >>> 0, (state >>> 8) % among.length)]!;
  const word = (parts: readonly string[], most: number): string => Array.from({ length: 1 + pick([0, 1, 2, 3].slice(0, most)) }, () => pick(parts)).join('');
  const path = (part: () => string): string => Array.from({ length: pick([1, 2, 3, 4]) }, part).join('/');
  for (let round = 0; round < 4000; round++) {
    const pattern = path(() => (pick([0, 1, 2]) === 0 ? '**' : word(['a', 'b', 'é', '*', '?'], 4).replaceAll('**', '*')));
    const name = path(() => word(['a', 'b', 'é'], 3));
    const [rights] = asker1(pattern)(name);
    expect((rights & 1) === 1, `${pattern} and ${name}`).toBe(naive(pattern).test(`${name}/`));
    // What matches is led to by all directories above it.
    if (rights & 1) for (let cut = name.lastIndexOf('/'); cut > 0; cut = name.lastIndexOf('/', cut - 1)) expect(asker1(pattern)(name.slice(0, cut))[0] & LEADS, `${pattern} leads to ${name}`).toBe(LEADS);
  }
});

const shared = fresh();
const sharedMatcher = new GlobMatcher(shared);

function asker1(pattern: string): (path: string) => [number] {
  const globs = createGlobs(shared, 0, [{ text: encoder.encode(pattern), rights: 1, grant: 0 }]);
  return (path) => {
    const bytes = encoder.encode(path);
    const found = sharedMatcher.match(globs, bytes, 0, bytes.length);
    return [found];
  };
}

test('GL2: what is opened by a description has its rights, globs and grant; the last of them frees the globs and lets the base go', () => {
  const arena = fresh();
  const released: number[] = [];
  const files = new OpenFiles(arena, { releaseInode: (inode) => released.push(inode), releaseHandle: () => {} });
  const globs = createGlobs(arena, 4096, [{ text: encoder.encode('*'), rights: 1, grant: 7 }]);
  const base = files.create(OfdKind.DIRECTORY, 128, 1);
  files.restrict(base, 30, globs, 7);
  const below = files.create(OfdKind.FILE, 256, 1, 0, base);
  expect([files.withheld(below), files.globs(below), files.grant(below), arena.u32[(globs >>> 2) + GlobsWord.REFS]]).toEqual([30, globs, 7, 2]);
  files.release(base);
  expect(released).toEqual([128]);
  files.release(below);
  expect(released).toEqual([128, 256, 4096]);
  const other = files.create(OfdKind.FILE, 256, 1);
  expect([files.withheld(other), files.globs(other), files.grant(other)]).toEqual([0, 0, 0]);
});
