import type { LayerKind, RunKind } from '../../shared/abi/index.ts';

/** A layer of the workspace's store. The base is none: it is shipped. */
export interface LayerRecord {
  /** From 1; never given out again. */
  id: number;
  name: string;
  kind: Exclude<LayerKind, 'base'>;
  /** Milliseconds since the epoch. */
  created: number;
  /** Of a session or branch: the entry on which it stands. */
  at?: number;
  /** For people: where it came from. */
  note?: string;
}

/** Who made changes: a program's run, or an act of the kernel for the user. */
export interface RunRecord {
  /** Unique in the workspace, over sessions; from 1. */
  run: number;
  pid: number;
  /** Run of the process that started it, if one did; always a lower number. */
  parent?: number;
  kind: RunKind;
  /** The program's name, or what was done. */
  name: string;
  args: readonly string[];
  /** Milliseconds since the epoch. */
  started: number;
  ended?: number;
}

/** A named point: the state after journal record `entry`. */
export interface SnapshotRecord {
  name: string;
  entry: number;
  /** Milliseconds since the epoch. */
  time: number;
}

/** Where in its pack a chunk is. */
export interface PackedChunk {
  /** BLAKE3, 32 bytes, hex. */
  hash: string;
  offset: number;
  length: number;
}

/** What is in a pack. */
export interface PackRow {
  pack: number;
  chunks: readonly PackedChunk[];
}
