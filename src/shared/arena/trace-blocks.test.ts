import { describe, expect, it } from 'vitest';
import { Arena, PAGE_SIZE, Pcb, PCB_SLOTS, prepareThreadTrace, prepareTrace, ProcessTable, TRACE_SEGMENT, TRACE_SEGMENTS, TraceWord } from './index.ts';

describe('trace rings', () => {
  it('TC2 every process that there can be has one of its own, given back with its control block', () => {
    const arena = Arena.create({ journalBytes: 1 << 16 });
    const table = new ProcessTable(arena);
    const before = arena.stats();
    const pcbs = Array.from({ length: PCB_SLOTS - 1 }, (_, at) => table.allocate(at + 1, 0));
    expect(pcbs.every((pcb) => prepareTrace(arena, pcb))).toBe(true);
    const rings = pcbs.map((pcb) => arena.u32[(arena.u32[(pcb >>> 2) + Pcb.TRACE]! >>> 2) + TraceWord.RING]!).sort((a, b) => a - b);
    const bytes = TRACE_SEGMENT * TRACE_SEGMENTS * 4;
    expect(rings.every((ring, at) => ring % 64 === 0 && (at === 0 || ring >= rings[at - 1]! + bytes))).toBe(true);
    for (const pcb of pcbs) table.free(pcb);
    // The last slab of a class stays.
    expect(arena.stats().total - arena.stats().free).toBeLessThanOrEqual(before.total - before.free + PAGE_SIZE);
  });

  it('TC2 where the arena has no room there is none, and nothing is taken', () => {
    const arena = Arena.create({ pages: 24, maxPages: 26, journalBytes: 1 << 16 });
    const pcb = new ProcessTable(arena).allocate(1, 0);
    const { free } = arena.stats();
    expect(prepareTrace(arena, pcb)).toBe(false);
    expect([arena.u32[(pcb >>> 2) + Pcb.TRACE], arena.stats().free]).toEqual([0, free]);
  });

  it('TC1 a thread beside the first has a block, and no ring', () => {
    const arena = Arena.create({ journalBytes: 1 << 16 });
    const table = new ProcessTable(arena);
    const pcb = table.allocate(1, 0);
    expect(prepareThreadTrace(arena, pcb)).toBe(true);
    expect(arena.u32[(arena.u32[(pcb >>> 2) + Pcb.TRACE]! >>> 2) + TraceWord.RING]).toBe(0);
    table.free(pcb);
    expect(arena.u32[(pcb >>> 2) + Pcb.TRACE]).toBe(0);
  });
});
