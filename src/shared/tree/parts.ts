import type { Arena, JournalRing, ProcessHandle } from '../arena/index.ts';
import type { Bodies } from './bodies.ts';
import type { Inodes } from './inodes.ts';
import type { Names } from './names.ts';
import type { WAIT, Walker } from './walker.ts';

/** The tree as its own parts see it. */
export interface TreeParts {
  readonly arena: Arena;
  readonly process: ProcessHandle;
  readonly names: Names;
  readonly inodes: Inodes;
  readonly bodies: Bodies;
  readonly journal: JournalRing;
  readonly walker: Walker;
  lock(): void;
  unlock(): void;
  retain(inode: number): void;
  kind(inode: number): number;
  waitForJournal(): typeof WAIT;
}
