import type { Arena } from './arena.ts';
import { Pcb, TRACE_BLOCK, TRACE_SEGMENT, TRACE_SEGMENTS, TraceWord } from './layout.ts';

const RING_BYTES = TRACE_SEGMENT * TRACE_SEGMENTS * 4;

/**
 * Kernel: the trace block and the ring of a new process. Pages of it that are never written cost nothing. False, and nothing is noted of its calls, when the
 * arena is full: that is no reason not to run.
 */
export function prepareTrace(arena: Arena, pcb: number): boolean {
  const ring = arena.alloc(RING_BYTES);
  if (ring === 0) return false;
  if (prepareBlock(arena, pcb, ring)) return true;
  arena.free(ring);
  return false;
}

/** Kernel: the trace block of a thread beside the process's own, whose ring it uses. */
export function prepareThreadTrace(arena: Arena, pcb: number): boolean {
  return prepareBlock(arena, pcb, 0);
}

function prepareBlock(arena: Arena, pcb: number, ring: number): boolean {
  const block = arena.allocZeroed(TRACE_BLOCK);
  if (block === 0) return false;
  arena.u32[(block >>> 2) + TraceWord.RING] = ring;
  arena.u32[(pcb >>> 2) + Pcb.TRACE] = block;
  return true;
}

/** Kernel: frees what `prepareTrace` and `prepareThreadTrace` made. */
export function freeTrace(arena: Arena, pcb: number): void {
  const at = (pcb >>> 2) + Pcb.TRACE;
  const block = arena.u32[at]!;
  if (block === 0) return;
  const ring = arena.u32[(block >>> 2) + TraceWord.RING]!;
  arena.u32[at] = 0;
  if (ring !== 0) arena.free(ring);
  arena.free(block);
}
