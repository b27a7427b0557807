import { describe, expect, test } from 'vitest';
import { importedMemory, limitMemory, MemoryTooLarge } from './memory-limit.ts';
import { NotUnderstood } from './module-binary.ts';

const PAGE = 65536;
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
/** Exports a memory, and `grow: i32 → i32`. */
const REST = [
  ...section(7, 2, ...text('memory'), 2, 0, ...text('grow'), 0, 0),
  ...section(10, 1, 6, 0, 0x20, 0, 0x40, 0, 0x0b),
];
const TYPES = [...section(1, 1, 0x60, 1, 0x7f, 1, 0x7f)];
const own = (...limits: number[]): Uint8Array => Uint8Array.from([...HEAD, ...TYPES, ...section(3, 1, 0), ...section(5, 1, ...limits), ...REST]);
const imported = (...limits: number[]): Uint8Array =>
  Uint8Array.from([...HEAD, ...TYPES, ...section(2, 1, ...text('env'), ...text('memory'), 2, ...limits), ...section(3, 1, 0), ...REST]);

interface Grows {
  memory: WebAssembly.Memory;
  grow(pages: number): number;
}

function start(bytes: Uint8Array, imports: WebAssembly.Imports = {}): Grows {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), imports).exports as unknown as Grows;
}

describe('what a module asks of the memory that it imports', () => {
  test.each<[string, Uint8Array, unknown]>([
    ['no maximum', imported(0, 7), { initial: 7, shared: false }],
    ['a maximum', imported(1, 7, 9), { initial: 7, maximum: 9, shared: false }],
    ['shared', imported(3, 7, 0x80, 0x02), { initial: 7, maximum: 256, shared: true }],
    ['of 64 bits', imported(5, 7, 9), null],
    ['a memory of its own', own(1, 7, 9), null],
    ['no module', Uint8Array.from([...HEAD, 2, 99, 1]), null],
  ])('%s', (_what, bytes, wanted) => expect(importedMemory(bytes)).toEqual(wanted));
});

describe('the memory of a module', () => {
  test('LM2: grows to its limit and not beyond, as the specification has it', () => {
    const { memory, grow } = start(limitMemory(own(0, 1), 3 * PAGE));
    expect([grow(2), grow(1), grow(0), memory.buffer.byteLength]).toEqual([1, -1, 3, 3 * PAGE]);
    expect(() => memory.grow(1)).toThrow();
  });

  test('LM2: keeps a lower maximum of its own, and loses a higher one', () => {
    expect(limitMemory(own(1, 1, 2), 100 * PAGE)).toEqual(own(1, 1, 2));
    const { grow } = start(limitMemory(own(1, 1, 0x80, 0x08), 2 * PAGE));
    expect([grow(1), grow(1)]).toEqual([1, -1]);
  });

  test('LM2: half a page is none', () => {
    expect(start(limitMemory(own(0, 1), 2 * PAGE - 1)).grow(1)).toBe(-1);
    expect(start(limitMemory(own(0, 0), 0)).grow(1)).toBe(-1);
  });

  test('LM2: an imported memory gets the limit as well, and a shared one', () => {
    const limited = limitMemory(imported(0, 1), 2 * PAGE);
    expect(() => start(limited, { env: { memory: new WebAssembly.Memory({ initial: 1 }) } })).toThrow(WebAssembly.LinkError);
    expect(start(limited, { env: { memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }) } }).grow(2)).toBe(-1);
    expect(limitMemory(own(3, 1, 4), 2 * PAGE)).toEqual(own(3, 1, 2));
  });

  test('LM3: one that starts with more is refused, with the number', () => {
    expect(() => limitMemory(own(0, 3), 2 * PAGE)).toThrow(MemoryTooLarge);
    try {
      limitMemory(own(0, 3), 2 * PAGE);
    } catch (error) {
      expect((error as MemoryTooLarge).needed).toBe(3 * PAGE);
    }
  });

  test('LM2: several memories have the limit together', () => {
    expect(limitMemory(own(0, 1), 5 * PAGE)).toEqual(own(1, 1, 5));
    const two = (...limits: number[]): Uint8Array => Uint8Array.from([...HEAD, ...TYPES, ...section(3, 1, 0), ...section(5, 2, ...limits), ...REST]);
    expect(limitMemory(two(0, 1, 0, 2), 10 * PAGE)).toEqual(two(1, 1, 4, 1, 2, 5));
    expect(limitMemory(two(1, 1, 2, 0, 0), 10 * PAGE)).toEqual(two(1, 1, 2, 1, 0, 4));
    expect(() => limitMemory(two(0, 2, 0, 2), 3 * PAGE)).toThrow(MemoryTooLarge);
  });

  test('LM2: imports of all kinds are passed over', () => {
    const bytes = Uint8Array.from([...HEAD, ...TYPES, ...section(2, 5,
      ...text('a'), ...text('f'), 0, 0,
      ...text('a'), ...text('t'), 1, 0x70, 1, 1, 2,
      ...text('a'), ...text('g'), 3, 0x7f, 0,
      ...text('a'), ...text('r'), 3, 0x63, 0x70, 0,
      ...text('a'), ...text('m'), 2, 0, 1)]);
    expect(Array.from(limitMemory(bytes, PAGE)).slice(-5)).toEqual([109, 2, 1, 1, 1]);
  });

  test.each([
    ['an import of an unknown kind', [...section(2, 1, 1, 97, 1, 97, 9, 0)]],
    ['a section that ends too early', [5, 9, 1, 0, 1]],
    ['a section that is too long', [...section(5, 1, 0, 1, 0)]],
    ['unknown limits', [...section(5, 1, 0x20, 1)]],
    ['a number that does not end', [...section(5, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80)]],
  ])('LM3: %s is not understood, and not passed on', (_what, sections) => {
    expect(() => limitMemory(Uint8Array.from([...HEAD, ...sections]), PAGE)).toThrow(NotUnderstood);
  });
});

/** A small generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each([1, 2, 3])('LM3: no damaged module gets past its limit (seed %i)', (seed) => {
  const next = random(seed);
  const sources = [own(0, 1), own(1, 1, 9), imported(0, 1), imported(1, 2, 9)];
  let compiled = 0;
  for (let round = 0; round < 4000; round++) {
    const bytes = Uint8Array.from(sources[Math.floor(next() * sources.length)]!);
    for (let n = Math.floor(next() * 3); n >= 0; n--) bytes[8 + Math.floor(next() * (bytes.length - 8))] = Math.floor(next() * 256);
    let limited: Uint8Array;
    try {
      limited = limitMemory(bytes, 2 * PAGE);
    } catch (error) {
      expect(error instanceof MemoryTooLarge || error instanceof NotUnderstood).toBe(true);
      continue;
    }
    const valid = WebAssembly.validate(limited as Uint8Array<ArrayBuffer>);
    expect(valid, `round ${round}: ${[...bytes]}`).toBe(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>));
    if (!valid) continue;
    const { memory } = startIfAlone(limited);
    if (!memory) continue;
    compiled++;
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(2 * PAGE);
    expect(() => memory.grow(2)).toThrow();
  }
  expect(compiled).toBeGreaterThan(20);
});

function startIfAlone(bytes: Uint8Array): Partial<Grows> {
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  return WebAssembly.Module.imports(module).length === 0 ? (new WebAssembly.Instance(module).exports as unknown as Grows) : {};
}
