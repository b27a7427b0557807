import { expect, it } from 'vitest';
import type { ChunkRef, JournalRecord, NodeRecord } from '../contract/index.ts';
import { recordCodec } from './codec.ts';

const HASH = 'cd'.repeat(32);

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

const chunks: ChunkRef[] = [
  { hash: HASH, pack: 3, offset: 5, length: 65536 }, { hash: '', pack: 0, offset: 0, length: 0 }, { hash: '', pack: -1, offset: 0, length: 9, valid: 3 },
];
const node: NodeRecord = { ino: 9, kind: 'file', size: 70_000, nlink: 1, atime: 1n, mtime: 2n, ctime: -3n, chunks, base: '/bin/ü 😀' };
const samples: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
  ['entry', recordCodec.encodeEntry({ parent: 1, name: 'näme', node }), (bytes) => recordCodec.decodeEntry(1, bytes)],
  ['node', recordCodec.encodeNode(node), recordCodec.decodeNode],
  ['segment', recordCodec.encodeSegment([
    { seq: 1, time: 5n, pid: 2, run: 3, op: 'write', path: '/a', parent: 0, before: node, after: node, blocks: [{ index: 0, before: chunks[0]!, after: null }] },
    { seq: 3, time: 5n, pid: 2, run: 3, op: 'write', path: '/n', parent: 0, before: node, after: node, blocks: [{ index: 0, before: null, after: chunks[0]! }, { index: 1, before: null, after: chunks[2]! }] },
    { seq: 2, time: 6n, pid: 2, run: 3, op: 'rename', path: '/a', parent: 1, parent2: 4, to: '/d/b', before: node, after: node, replaced: node },
  ]), recordCodec.decodeSegment],
  ['pack', recordCodec.encodePack([{ hash: HASH, offset: 1, length: 2 }]), recordCodec.decodePack],
];

for (const [name, whole, decode] of samples) {
  for (const seed of [1, 2, 3]) {
    it(`ST24 a damaged ${name} is read as something else or refused, and takes no memory for what it has not: seed ${seed}`, () => {
      const next = random(seed);
      let refused = 0;
      for (let round = 0; round < 3000; round += 1) {
        const bytes = whole.slice(0, next() < 0.3 ? Math.floor(next() * whole.length) : whole.length);
        for (let flips = 1 + Math.floor(next() * 6); flips > 0 && bytes.length > 0; flips -= 1) bytes[Math.floor(next() * bytes.length)] = next() < 0.4 ? 255 : Math.floor(next() * 256);
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          refused += 1;
        }
      }
      expect(refused).toBeGreaterThan(300);
    });
  }
}

it('ST2 new blocks are a list of chunks, other ones pairs, and both come back: long lists too', () => {
  const stored = (index: number): ChunkRef => ({ hash: HASH, pack: 3, offset: index, length: 65536, ...(index % 3 === 0 ? { valid: 7 } : {}) });
  const fresh = Array.from({ length: 300 }, (_, index) => ({ index, before: null, after: stored(index) }));
  for (const blocks of [[], fresh, fresh.slice(0, 5), fresh.slice(1), fresh.map((block) => ({ ...block, before: stored(1) })), [...fresh, { index: 300, before: null, after: null }]]) {
    const record: JournalRecord = { seq: 1, time: 5n, pid: 2, run: 3, op: 'write', path: '/a', parent: 0, before: null, after: null, blocks };
    expect(recordCodec.decodeSegment(recordCodec.encodeSegment([record, record]))).toEqual([record, record]);
  }
});

it('ST24 a node of 2^40 holes is refused', () => {
  // kind, flags (chunks), ino, size, nlink, three times, count of chunks 2^40, holes 2^40.
  const bytes = [0, 2, 9, 0, 1, ...Array.from({ length: 24 }, () => 0), 128, 128, 128, 128, 128, 32, 1, 128, 128, 128, 128, 128, 32];
  expect(() => recordCodec.decodeNode(Uint8Array.from(bytes))).toThrow(/more blocks than a file can have/);
});
