import { describe, expect, it } from 'vitest';
import { readJson } from './json.ts';
import { TreeSession, type TreeFormat } from './session.ts';
import { readYaml } from './yaml.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const session = (text: string, format: TreeFormat = 'json'): TreeSession => new TreeSession(bytes(text), format, format === 'yaml' ? readYaml : null);
const shown = (tree: TreeSession): string[] => tree.rows(0, 500).map(({ depth, key, kind, text, entries }) => `${' '.repeat(depth)}${key === null ? '' : `${key}: `}${kind === 'object' || kind === 'array' ? `${kind} ${entries}` : text}`);

/** A document made again from its rows. */
function rebuilt(tree: TreeSession): unknown {
  const rows = tree.rows(0, 500);
  let at = 0;
  const value = (): unknown => {
    const row = rows[at++]!;
    if (row.kind === 'array') return Array.from({ length: row.entries }, value);
    if (row.kind === 'object') return Object.fromEntries(Array.from({ length: row.entries }, () => [rows[at]!.key, value()]));
    return row.kind === 'string' ? row.text : (JSON.parse(row.text) as unknown);
  };
  return value();
}

describe('JSON', () => {
  it('keeps numbers as they stand, and shows keys that are there twice', () => {
    const tree = session('{"a": 12345678901234567890.10, "a": -0e+5, "b\\u0041": "x\\ny"}');
    expect(shown(tree)).toEqual(['object 3', ' a: 12345678901234567890.10', ' a: -0e+5', ' bA: x\ny']);
    expect(tree.rows(0, 9).map(({ duplicate }) => duplicate)).toEqual([false, true, true, false]);
  });
  it('long texts of escapes are shown, cut between two of them, and searched at once', () => {
    for (const one of ['\\\\', '\\u0041', '\\n']) {
      for (const before of ['', 'a', 'aa', 'aaa', 'aaaa', 'aaaaa']) {
        const { text } = session(`["${before}${one.repeat(3000)}"]`).rows(1, 2)[0]!;
        const repeated = JSON.parse(`"${one}"`) as string;
        expect(text.startsWith(`${before}${repeated.repeat(150)}`)).toBe(true);
        expect(text.slice(before.length, -1).replaceAll(repeated, '')).toBe('');
      }
    }
    const slow = `"${'\\'.repeat(12_000)}${'a'.repeat(30_000)}"`;
    expect(session(`[${Array.from({ length: 300 }, () => slow).join()}]`).find('b', 0, false)).toBeNull();
  });
  it.each([
    ['', 'nothing', 1, 1], ['{"a":1,}', 'a key in quotes', 1, 8], ['[1 2]', 'a comma', 1, 4], ['[1,\n tru]', 'a value is missing', 2, 2], ['[1', 'ends in the middle', 1, 3], ['{"a" 1}', 'colon', 1, 6],
    ['"\\x"', 'escape', 1, 2], ['"a', 'closing quote', 1, 1], ['[01]', 'comma', 1, 3], ['1 2', 'follows', 1, 3], ['[1.]', 'number is incomplete', 1, 2], ['"\t"', 'control', 1, 2], ['[}', 'a value is missing', 1, 2],
  ])('%j: %s at line %i, column %i', (text, message, line, column) => {
    expect(session(text).facts.fault).toMatchObject({ message: expect.stringContaining(message), line, column });
  });
  it('shows what is before a fault', () => expect(shown(session('{"a": [1, 2, x'))).toEqual(['object 1', ' a: array 2', '  1', '  2']));
  it('of lines passes over one that is wrong', () => {
    const tree = session('{"a":1}\n\nnonsense\n[2]\n', 'jsonl');
    expect(tree.rows(0, 9).map(({ kind }) => kind).filter((kind) => kind !== 'number')).toEqual(['array', 'object', 'error', 'array']);
    expect(tree.facts.fault).toBeNull();
  });
  it('nested a hundred thousand deep opens all the way', () => {
    const depth = 100_000;
    const tree = session('['.repeat(depth) + ']'.repeat(depth));
    expect(tree.facts).toMatchObject({ fault: null, nodes: depth });
    expect(tree.toggle(0, true, true)).toBe(depth);
    expect(tree.rows(depth - 1, depth)[0]).toMatchObject({ depth: depth - 1, kind: 'array' });
    expect(tree.path(20)).toBe(`$${'[0]'.repeat(20)}`);
  });
  it('with too many values is cut there', () => {
    const { store, fault } = readJson(bytes(`[${'1,'.repeat(50)}1]`), { max: 20 });
    expect([store.length, store.full, fault?.message]).toEqual([20, true, 'more than 20 values: the rest is not shown']);
  });
});

describe('YAML', () => {
  it('is a tree too, with aliases left as they are', () => {
    const tree = session('base: &b {x: 1}\nuses: *b\nlist:\n  - 0x10\n  - "two\\nlines"\n  - 12345678901234567890\nnone:\n', 'yaml');
    tree.toggle(0, true, true);
    expect(shown(tree)).toEqual(['object 4', ' base: object 1', '  x: 1', ' uses: *b', ' list: array 3', '  0x10', '  two\nlines', '  12345678901234567890', ' none: null']);
  });
  it('of several documents is a list of them', () => expect(shown(session('a: 1\n---\nb: 2\n', 'yaml')).filter((row) => !row.startsWith('  '))).toEqual(['array 2', ' object 1', ' object 1']));
  it('that multiplies itself stays small', () => {
    const bomb = Array.from({ length: 12 }, (_, level) => `a${level}: &a${level} [${level === 0 ? '1' : Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`).join('\n');
    expect(session(bomb, 'yaml').facts.nodes).toBeLessThan(200);
  });
  it('says where a fault is', () => expect(session('a: 1\nb: [1, 2\n', 'yaml').facts.fault?.line).toBeGreaterThan(1));
  it.each([['brackets', '['.repeat(50_000)], ['indentation', Array.from({ length: 300 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')], ['marks', `${'- '.repeat(10_000)}1`], ['keys', '? '.repeat(10_000)]])(
    'nested too deeply by %s is refused before the library sees it', (_, text) => expect(session(text, 'yaml').facts.fault?.message).toMatch(/200 deep/),
  );
});

describe('a tree', () => {
  it('opens, finds, and tells paths and values', () => {
    const tree = session(JSON.stringify({ users: [{ 'first name': 'Ada' }, { 'first name': 'Bob' }], more: Array.from({ length: 300 }, (_, at) => at) }));
    expect(tree.find('bob', 0, false)).toMatchObject({ row: 4 });
    expect(tree.path(4)).toBe('$.users[1]["first name"]');
    expect(tree.value(4)).toBe('Bob');
    expect(tree.value(3)).toBe('{"first name":"Bob"}');
    expect(tree.parentRow(4)).toBe(3);
    expect(tree.find('bob', 4, true)?.row).toBe(4);
    expect(tree.find('nobody', 0, false)).toBeNull();
    expect(tree.toggle(0, false)).toBe(1);
  });

  it.each([1, 2, 3])('random documents, seed %i, come out as they went in', (seed) => {
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * below);
    };
    const made = (depth: number): unknown => {
      const kind = next(depth > 4 ? 4 : 6);
      if (kind === 0) return next(2) === 0;
      if (kind === 1) return (next(2000) - 1000) / 8;
      if (kind === 2) return Array.from({ length: next(5) }, () => 'a"\\\n\u202eé😀'[next(8)] ?? '').join('').toWellFormed();
      if (kind === 3) return null;
      if (kind === 4) return Array.from({ length: next(4) }, () => made(depth + 1));
      return Object.fromEntries(Array.from({ length: next(4) }, (_, at) => [`k${at}`, made(depth + 1)]));
    };
    for (let round = 0; round < 150; round++) {
      const value = made(0);
      const tree = session(JSON.stringify(value, null, next(3)));
      expect(tree.facts.fault).toBeNull();
      tree.toggle(0, true, true);
      if (tree.facts.rows < 500) expect(rebuilt(tree)).toEqual(value);
    }
  });

  it.each([4, 5])('random bytes, seed %i, are read or refused as JSON.parse does', (seed) => {
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * below);
    };
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: 1 + next(9) }, () => ['[', ']', '{', '}', ',', ':', '"a"', '1', '-', '0', '.', 'e', 'null', 'true', ' ', '"'][next(16)]).join('');
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect([text, session(text).facts.fault === null]).toEqual([text, valid]);
    }
  });
});
