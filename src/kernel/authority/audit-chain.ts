import type { AuditRecord } from '../../shared/abi/index.ts';

export type Unhashed = Omit<AuditRecord, 'hash'>;

/** What the first record follows. */
export const GENESIS = '0'.repeat(64);

const encoder = new TextEncoder();

/** BLAKE3, hex. */
export type Hash = (bytes: Uint8Array) => string;

/** A record as it stands in the log. */
export interface Chained {
  hash: string;
  /** Its line, without the line's end. */
  line: string;
  /** Of the line, in UTF-8. */
  bytes: number;
}

const TAIL = ',"hash":""}'.length + GENESIS.length;

/**
 * A record that follows the one with hash `previous`: its hash is of that and the record as JSON without its own, members in the order of the type; its line is
 * the same text with the hash at its end.
 */
export function chained(hash: Hash, previous: string, record: Unhashed): Chained {
  const text = canonical(record);
  const bytes = encoder.encode(previous + text);
  const own = hash(bytes);
  return { hash: own, line: `${text.slice(0, -1)},"hash":"${own}"}`, bytes: bytes.length - previous.length - 1 + TAIL };
}

/** The record as JSON without its hash: one text for each record. */
export function canonical({ seq, time, pid, run, program, module, action, decision, by, count }: Unhashed): string {
  return JSON.stringify({ seq, time, pid, run, program, module, action, decision, by, count });
}

/** Null for a line that is no record. */
export function parseLine(line: string): AuditRecord | null {
  try {
    const record = JSON.parse(line) as Partial<AuditRecord> | null;
    return record && typeof record.seq === 'number' && typeof record.hash === 'string' && typeof record.action === 'object' && record.action !== null ? (record as AuditRecord) : null;
  } catch {
    return null;
  }
}

/** What was dropped before the first line that is kept. */
export interface Checkpoint {
  /** Of the last record that was dropped. */
  seq: number;
  hash: string;
}

/**
 * Follows the chain through lines. Returns the sequence number at which it is first broken, or null. `state` is where it stands, and is moved on; a line that is
 * not byte for byte its record's is broken, so that nothing is hidden between the members.
 */
export function follow(hash: Hash, lines: Iterable<string>, state: Checkpoint): number | null {
  for (const line of lines) {
    const record = parseLine(line);
    const expected = state.seq + 1;
    if (record?.seq !== expected || chained(hash, state.hash, record).line !== line) return expected;
    state.seq = record.seq;
    state.hash = record.hash;
  }
  return null;
}
