import { describe, expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { Arena, BufferWindow, Entry, Header, JournalOp, JournalRing, PAGE_SIZE, Ring } from './index.ts';

const seeds = [1, 2, 3, 4, 5];

describe('allocator', () => {
  it.each(seeds)('AL1 AL2 nothing overlaps, all that is freed can be had again: seed %i', (seed) => {
    const random = new Random(seed);
    const arena = Arena.create({ pages: 40, maxPages: 400, journalBytes: 1 << 16 });
    const before = arena.stats();
    const live = new Map<number, { bytes: number; stamp: number }>();
    const ends = (address: number, bytes: number): void => {
      for (const [at, other] of live) if (address < at + other.bytes && at < address + bytes) throw new Error(`${address}+${bytes} overlaps ${at}+${other.bytes}`);
    };
    const free = (address: number): void => {
      const { bytes, stamp } = live.get(address)!;
      expect(arena.u8[address]).toBe(stamp);
      expect(arena.u8[address + bytes - 1]).toBe(stamp);
      live.delete(address);
      arena.free(address);
    };
    for (let step = 0; step < 3000; step++) {
      if (live.size > 0 && random.chance(live.size > 300 ? 0.7 : 0.4)) free(random.pick([...live.keys()]));
      else {
        const bytes = 1 + random.below(random.pick([64, 300, 5000, 40_000, 300_000]));
        const address = arena.alloc(bytes);
        if (address === 0) continue;
        expect(address % (bytes > 32768 ? PAGE_SIZE : 64)).toBe(0);
        ends(address, bytes);
        arena.u8.fill(step & 0xff, address, address + bytes);
        live.set(address, { bytes, stamp: step & 0xff });
      }
    }
    const listed = new Map<number, number>();
    arena.forEachAllocation((address, bytes) => void listed.set(address, bytes));
    for (const [address, { bytes }] of live) expect(listed.get(address)).toBeGreaterThanOrEqual(bytes);
    expect(listed.size).toBe(live.size + 1);
    for (const address of [...live.keys()]) free(address);
    // At most one empty page a class is kept.
    expect((arena.stats().total - arena.stats().free - (before.total - before.free)) / PAGE_SIZE).toBeLessThanOrEqual(10);
    expect(arena.u32[Header.ALLOC_LOCK]).toBe(0);
  });
});

describe('ring', () => {
  it.each(seeds)('RG1 what goes in comes out, in order and once: seed %i', (seed) => {
    const random = new Random(seed);
    const arena = Arena.create({ pages: 40, journalBytes: 1 << 16 });
    const ring = new Ring(arena, Ring.create(arena, 1024));
    ring.addReader();
    ring.addWriter();
    const window = new BufferWindow(arena);
    const sent: number[] = [];
    const got: number[] = [];
    for (let step = 0; step < 4000; step++) {
      expect(ring.readable() + ring.writable()).toBe(1024);
      expect(ring.readable()).toBe(sent.length - got.length);
      const bytes = random.bytes(1 + random.below(400));
      if (random.chance(0.5)) {
        const atomic = random.chance(0.5) ? bytes.length : 1;
        const room = ring.writable();
        const taken = ring.tryWrite(window.wrap(bytes), 0, bytes.length, atomic);
        expect(taken).toBe(room < atomic ? 0 : Math.min(room, bytes.length));
        sent.push(...bytes.subarray(0, taken));
      } else got.push(...bytes.subarray(0, ring.tryRead(window.wrap(bytes), 0, bytes.length)));
    }
    expect(got).toEqual(sent.slice(0, got.length));
  });
});

describe('journal ring', () => {
  it.each(seeds)('JR1 entries come out whole and in order, over the ring\'s end too: seed %i', (seed) => {
    const random = new Random(seed);
    const arena = Arena.create({ pages: 40, journalBytes: 8192 });
    const journal = new JournalRing(arena);
    // Just below where the 32-bit positions wrap.
    arena.u32[Header.JOURNAL_HEAD] = arena.u32[Header.JOURNAL_TAIL] = arena.u32[Header.JOURNAL_DURABLE] = 0xffffff00 & ~8191;
    const written: string[] = [];
    const read: string[] = [];
    let refused = 0;
    for (let step = 0; step < 3000; step++) {
      if (random.chance(0.9)) {
        if (!journal.begin()) {
          refused++;
          continue;
        }
        const [length, length2] = [random.below(256), random.chance(0.3) ? random.below(256) : 0];
        const word = journal.append(JournalOp.RENAME, 128, step, 1, length, length2, step * 1000, 7);
        arena.u8.fill(step & 0xff, (word << 2) + Entry.NAMES, (word << 2) + Entry.NAMES + length + length2);
        journal.commit();
        written.push(`${step} ${length} ${length2} ${step & 0xff}`);
      } else {
        const end = journal.cut();
        journal.drain(end, (word) => {
          const [length, length2] = [arena.u32[word + Entry.NAME_LENGTH]!, arena.u32[word + Entry.NAME2_LENGTH]!];
          const names = arena.u8.slice((word << 2) + Entry.NAMES, (word << 2) + Entry.NAMES + length + length2);
          const ino = arena.f64[(word + Entry.INO) >>> 1]!;
          expect(names.every((byte) => byte === (ino & 0xff))).toBe(true);
          read.push(`${ino} ${length} ${length2} ${ino & 0xff}`);
        });
        expect(journal.tail).toBe(journal.head);
      }
    }
    journal.drain(journal.cut(), (word) => void read.push(`${arena.f64[(word + Entry.INO) >>> 1]} ${arena.u32[word + Entry.NAME_LENGTH]} ${arena.u32[word + Entry.NAME2_LENGTH]} ${arena.f64[(word + Entry.INO) >>> 1]! & 0xff}`));
    expect(read).toEqual(written);
    expect(refused).toBeGreaterThan(10);
    expect(arena.u32[Header.JOURNAL_LOCK]).toBe(0);
  });
});
