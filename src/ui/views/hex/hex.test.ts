import { describe, expect, it } from 'vitest';
import { Drafts, type App } from '../../stores/index.ts';
import { moveCursor, typeKey, type Cursor } from './cursor.ts';
import { EDITS_MAX, Edits } from './edits.ts';
import { HexSession } from './hex-session.ts';
import { inspect } from './inspect.ts';
import { Pages } from './pages.ts';
import { indexOfBytes, parseHex, parseOffset, searchBytes } from './search.ts';

/** Small, seeded. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('pending bytes', () => {
  it('HX1 are as a plain model has them, through undo and redo, seed 11', () => {
    const next = random(11);
    const file = Uint8Array.from({ length: 64 }, () => Math.floor(next() * 256));
    const edits = new Edits();
    let past: Uint8Array<ArrayBuffer>[] = [];
    let future: Uint8Array<ArrayBuffer>[] = [];
    let model = file.slice();
    for (let round = 0; round < 2000; round++) {
      const choice = next();
      if (choice < 0.5) {
        const offset = Math.floor(next() * 64);
        const bytes = Uint8Array.from({ length: Math.min(64 - offset, 1 + Math.floor(next() * 5)) }, () => Math.floor(next() * 256));
        past.push(model.slice());
        future = [];
        model.set(bytes, offset);
        expect(edits.write(offset, bytes)).toBe(true);
      } else if (choice < 0.75) {
        const before = past.pop();
        if (before) {
          future.push(model);
          model = before;
        }
        expect(edits.undo() === null).toBe(before === undefined);
      } else if (choice < 0.98) {
        const after = future.pop();
        if (after) {
          past.push(model);
          model = after;
        }
        expect(edits.redo() === null).toBe(after === undefined);
      } else {
        const written = file.slice();
        for (const { offset, bytes } of edits.runs()) written.set(bytes, offset);
        expect(written).toEqual(model);
        file.set(model);
        edits.clear();
        past = [];
        future = [];
      }
      expect(edits.over(file, 0)).toEqual(model);
      const from = Math.floor(next() * 64);
      expect(edits.over(file.subarray(from), from)).toEqual(model.subarray(from));
    }
  });
  it('HX2 are written in pieces without a gap', () => {
    const edits = new Edits();
    edits.write(10, Uint8Array.of(1, 2));
    edits.write(2 ** 32, Uint8Array.of(9));
    edits.write(12, Uint8Array.of(3));
    expect(edits.runs()).toEqual([{ offset: 10, bytes: Uint8Array.of(1, 2, 3) }, { offset: 2 ** 32, bytes: Uint8Array.of(9) }]);
    expect([edits.count, edits.undo(), edits.count]).toEqual([4, 12, 3]);
  });
  it('HX1 are bounded', () => {
    const edits = new Edits();
    expect([edits.write(0, new Uint8Array(EDITS_MAX)), edits.write(0, Uint8Array.of(1))]).toEqual([true, false]);
  });
});

describe('search', () => {
  const search = (bytes: Uint8Array, needle: Uint8Array, from: number, backwards = false) =>
    searchBytes({ read: async (offset, length) => bytes.subarray(offset, offset + length), size: bytes.length, needle, from, backwards, signal: new AbortController().signal, onProgress: () => undefined });

  it('HX3 finds what a plain search finds, in both directions and around the end, seed 5', async () => {
    const next = random(5);
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(next() * 40) }, () => Math.floor(next() * 3));
      const needle = Uint8Array.from({ length: 1 + Math.floor(next() * 3) }, () => Math.floor(next() * 3));
      const places = Array.from(bytes, (_, at) => at).filter((at) => needle.every((byte, offset) => bytes[at + offset] === byte));
      const from = Math.floor(next() * bytes.length);
      expect(await search(bytes, needle, from)).toBe(places.find((at) => at >= from) ?? places[0] ?? null);
      expect(await search(bytes, needle, from, true)).toBe(places.findLast((at) => at <= from) ?? places.at(-1) ?? null);
    }
  });
  it('finds across the steps in which it reads', async () => {
    const bytes = new Uint8Array(6 * 1024 * 1024);
    bytes.set([1, 2, 3], 2 * 1024 * 1024 - 1);
    expect(await search(bytes, Uint8Array.of(1, 2, 3), 5)).toBe(2 * 1024 * 1024 - 1);
    expect(await search(bytes, Uint8Array.of(1, 2, 3), bytes.length - 1, true)).toBe(2 * 1024 * 1024 - 1);
    expect(await search(bytes, Uint8Array.of(1, 2, 4), 0)).toBe(null);
  });
  it('HX3 can be stopped, and tells how far it is', async () => {
    const stop = new AbortController();
    const parts: number[] = [];
    const searching = searchBytes({
      read: async (_offset, length) => new Uint8Array(length), size: 2 ** 40, needle: Uint8Array.of(1), from: 0, backwards: false, signal: stop.signal,
      onProgress: (part) => {
        parts.push(part);
        if (parts.length === 3) stop.abort();
      },
    });
    await expect(searching).rejects.toThrow('aborted');
    expect(parts).toEqual([0, 2 ** -19, 2 ** -18]);
  });
  it.each([['de ad', [0xde, 0xad]], ['0xDEAD', [0xde, 0xad]], ['00,01', [0, 1]], ['abc', null], ['', null], ['zz', null]])('reads %j as bytes', (text, bytes) => {
    expect(parseHex(text)).toEqual(bytes && Uint8Array.from(bytes));
  });
  it.each([['0x10', 16], ['10h', 16], ['10', 10], ['+5', 105], ['-0x10', 84], ['50%', 499], ['99999999', 999], ['x', null], ['', null]])('reads %j as an offset', (text, offset) => {
    expect(parseOffset(text, 100, 1000)).toBe(offset);
  });
  it('does not take a piece at the end for the whole', () => expect(indexOfBytes(Uint8Array.of(0, 1, 2), Uint8Array.of(2, 3))).toBe(-1));
});

describe('the cursor', () => {
  const extent = { size: 100, width: 16, page: 3 };
  it.each([
    [0, 'ArrowLeft', false, 0], [5, 'ArrowLeft', false, 4], [99, 'ArrowRight', false, 99], [20, 'ArrowUp', false, 4], [4, 'ArrowUp', false, 4], [90, 'ArrowDown', false, 99], [5, 'PageDown', false, 53], [98, 'PageUp', false, 50],
    [21, 'Home', false, 16], [21, 'End', false, 31], [97, 'End', false, 99], [50, 'Home', true, 0], [50, 'End', true, 99], [5, 'x', false, null],
  ])('goes from %i by %s (Ctrl %s) to %j', (at, key, control, to) => expect(moveCursor(at, key, control, extent)).toBe(to));
  it('types digits and characters', () => {
    const cursor: Cursor = { at: 0, anchor: 0, column: 'hex', low: false };
    expect(typeKey('A', cursor, 0x12)).toEqual({ byte: Uint8Array.of(0xa2), low: true, step: 0 });
    expect(typeKey('f', { ...cursor, low: true }, 0xa2)).toEqual({ byte: Uint8Array.of(0xaf), low: false, step: 1 });
    expect(typeKey('g', cursor, 0)).toBe(null);
    expect(typeKey('ä', { ...cursor, column: 'text' }, 0)).toEqual({ byte: Uint8Array.of(0xc3, 0xa4), low: false, step: 2 });
    expect(typeKey('Enter', { ...cursor, column: 'text' }, 0)).toBe(null);
  });
});

describe('the inspector', () => {
  const value = (bytes: number[], little: boolean, type: string) => inspect(Uint8Array.from(bytes), little).find((each) => each.type === type)?.value;
  it('reads numbers of both orders', () => {
    const bytes = [0xff, 0xfe, 0, 0, 0, 0, 0, 0x80];
    expect(value(bytes, true, 'int8')).toBe('-1');
    expect(value(bytes, true, 'uint16')).toBe('65279');
    expect(value(bytes, false, 'uint16')).toBe('65534');
    expect(value(bytes, true, 'int64')).toBe('-9223372036854710529');
    expect(value([0, 0, 0x80, 0x3f], true, 'float32')).toBe('1');
    expect(value([1, 2], true, 'int32')).toBe(null);
    expect(value([0xe5, 0x8e, 0x26], true, 'LEB128')).toBe('624485 (3 bytes)');
  });
  it('reads characters, and shows none that hide', () => {
    expect(value([0xe2, 0x82, 0xac], true, 'UTF-8')).toBe('€  U+20AC');
    expect(value([0xe2, 0x80, 0xae], true, 'UTF-8')).toBe('U+202E');
    expect(value([0xff], true, 'UTF-8')).toBe(null);
  });
});

describe('pages', () => {
  it('VW2 are read once, shown until they are read anew, and bounded', async () => {
    const reads: number[] = [];
    let fill = 1;
    const pages = new Pages(async (offset, length) => {
      reads.push(offset);
      return new Uint8Array(length).fill(fill);
    }, () => undefined);
    pages.want(0, 100);
    pages.want(50, 20_000);
    expect(pages.at(5)).toBeUndefined();
    await Promise.resolve();
    expect([reads, pages.at(5), pages.bytes(16_380, 16)?.length]).toEqual([[0, 16_384], 1, 4]);
    fill = 2;
    pages.renew(1);
    pages.want(0, 10);
    expect(pages.at(5)).toBe(1);
    await Promise.resolve();
    expect(pages.at(5)).toBe(2);
    for (let at = 0; at < 200; at++) pages.want(at * 16_384, at * 16_384 + 1);
    expect(pages.bytes(0, 1)).toBe(null);
  });
});

describe('a file that is moved', () => {
  it('HX1 keeps what is pending, and a new file of its old name has none of it', async () => {
    const drafts = new Drafts();
    const app = { drafts, client: { api: { readRange: async () => new Uint8Array(16) } } } as unknown as App;
    const session = new HexSession(app, '/a/b', 16);
    session.edits.write(0, Uint8Array.of(7));
    session.renew(16, 1, null);
    expect([...drafts.store.getState().paths]).toEqual(['/a/b']);
    drafts.move('/a', '/z');
    session.renew(16, 2, null);
    expect([...drafts.store.getState().paths]).toEqual(['/z/b']);
    expect([new HexSession(app, '/z/b', 16).edits.at(0), new HexSession(app, '/a/b', 16).edits.count]).toEqual([7, 0]);
  });
});
