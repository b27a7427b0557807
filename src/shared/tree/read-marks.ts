import { LAST_READS, Pcb, type Arena } from '../arena/index.ts';

/** Leaves word of what a process reads in its control block, where the kernel looks now and then. */
export class ReadMarks {
  readonly #arena: Arena;
  readonly #first: number;
  #slot: number;

  constructor(arena: Arena, pcb: number) {
    this.#arena = arena;
    this.#first = (pcb >>> 2) + Pcb.LAST_READ;
    this.#slot = this.#first;
  }

  /** The slot in use is written again when the kernel took it; another inode gets the next one. */
  note(inode: number): void {
    const { u32 } = this.#arena;
    const seen = u32[this.#slot];
    if (seen === inode) return;
    if (seen !== 0) this.#slot = this.#first + ((this.#slot + 1 - this.#first) % LAST_READS);
    u32[this.#slot] = inode;
  }
}
