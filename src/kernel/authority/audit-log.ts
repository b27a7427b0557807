import type { AuditQuery, AuditRecord } from '../../shared/abi/index.ts';
import { concatBytes } from '../../shared/base/index.ts';
import { chained, follow, GENESIS, parseLine, type Checkpoint, type Hash, type Unhashed } from './audit-chain.ts';

/** Where the log is kept: values by key. Writes are in the order in which they are asked for. */
export interface AuditStore {
  get(key: string): Promise<Uint8Array | null>;
  keys(): Promise<string[]>;
  /** All or nothing. `value` null: the key goes. */
  write(changes: { key: string; value: Uint8Array | null }[], durable: boolean): Promise<void>;
}

export interface AuditLogOptions {
  hash: Hash;
  store: AuditStore;
  /** The store does not take the log: told once, until it does again. */
  onTrouble(error: unknown): void;
  /** After that: it has all of it. */
  onStored?(): void;
  /** Milliseconds after which what the store refused is tried again, at first; it doubles up to RETRY_MAX. Default 1000. */
  retryDelay?: number;
}

/** Records, and bytes, of one segment at most. */
const SEGMENT_RECORDS = 128;
const SEGMENT_BYTES = 64 * 1024;
/** Segments that are kept. The oldest go first; where the chain stands there is written down. */
const SEGMENTS_MAX = 512;
const CHECKPOINT = 'checkpoint';
const WAITING_MAX = 4096;
const RETRY = 1000;
const RETRY_MAX = 5000;

interface Segment {
  /** Sequence number of its first record; its key is made of that. */
  readonly first: number;
  count: number;
  text: string;
  bytes: number;
}

/** A segment in the store. */
type Stored = Pick<Segment, 'first' | 'count' | 'bytes'>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const keyOf = (first: number): string => `s${String(first).padStart(15, '0')}`;

/** The log, as segments of JSON lines in a store. One writer; rules: SPEC.md, AL1 on. */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #stored: Stored[] = [];
  #checkpoint: Checkpoint = { seq: 0, hash: GENESIS };
  #end: Checkpoint = { seq: 0, hash: GENESIS };
  /** The last segment, whose text is here too; null while it is full or there is none. */
  #open: Segment | null = null;
  /** Null: what the store has is not known (any more); false: it could not be read. */
  #opened: Promise<boolean> | null = null;
  /** Told while the store cannot be read, at most WAITING_MAX: what is in it must not be written over. */
  #waiting: Omit<Unhashed, 'seq'>[] = [];
  #lost: Omit<Unhashed, 'seq'> | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** One change after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** Of the last record. */
  get end(): Checkpoint {
    return this.#end;
  }

  /** Adds records, and resolves when the store has them. What the store does not take is tried again with the next ones, and after a while. Never rejects. */
  append(records: readonly Omit<Unhashed, 'seq'>[], durable = false): Promise<void> {
    return this.#next(() => this.#append(records, durable));
  }

  /** Bytes of the whole as JSON lines, the oldest first. */
  async size(): Promise<number> {
    await this.#next(async () => {});
    return this.#head().length + this.#stored.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    await this.#next(async () => {});
    let at = position;
    const parts: Uint8Array[] = [];
    let left = length;
    const take = (bytes: Uint8Array): void => {
      const part = bytes.subarray(at, at + left);
      at = Math.max(0, at - bytes.length);
      left -= part.length;
      if (part.length > 0) parts.push(part);
    };
    take(this.#head());
    for (const segment of [...this.#stored]) {
      if (left <= 0) break;
      if (at >= segment.bytes) at -= segment.bytes;
      else take(await this.#bytes(segment));
    }
    return concatBytes(parts);
  }

  /** The latest first. */
  async query(query: AuditQuery = {}): Promise<{ records: AuditRecord[]; total: number }> {
    await this.#next(async () => {});
    const limit = Math.min(Math.max(1, query.limit ?? 100), 1000);
    const records: AuditRecord[] = [];
    let total = 0;
    for (const segment of [...this.#stored].reverse()) {
      for (const line of (await this.#lines(segment)).reverse()) {
        const record = parseLine(line);
        if (!record || !isMeant(record, query)) continue;
        total++;
        if (records.length < limit && (query.before === undefined || record.seq < query.before)) records.push(record);
      }
    }
    return { records, total };
  }

  /** Follows the chain from the checkpoint to the end. */
  async verify(): Promise<{ records: number; broken: number | null }> {
    await this.#next(async () => {});
    const state = { ...this.#checkpoint };
    const records = this.#stored.reduce((sum, { count }) => sum + count, 0);
    for (const segment of [...this.#stored]) {
      const broken = follow(this.#options.hash, await this.#lines(segment), state);
      if (broken !== null) return { records, broken };
    }
    return { records, broken: state.seq === this.#end.seq && state.hash === this.#end.hash ? null : state.seq + 1 };
  }

  /** The store is another's now, or was opened anew: what is in it counts. */
  reopen(): void {
    this.#opened = null;
  }

  /** Tries no more by itself. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      this.#opened ??= this.#load();
      if (!(await this.#opened)) this.#opened = null;
      else if (this.#waiting.length > 0) await this.#appendWaiting();
      return action();
    });
    this.#queue = turn.then(() => undefined, () => undefined);
    return turn;
  }

  async #load(): Promise<boolean> {
    try {
      const keys = (await this.#options.store.keys()).filter((key) => key.startsWith('s')).sort();
      const checkpoint = await this.#options.store.get(CHECKPOINT);
      this.#checkpoint = checkpoint ? (JSON.parse(decoder.decode(checkpoint)) as Checkpoint) : { seq: 0, hash: GENESIS };
      this.#stored = [];
      let text = '';
      const values = await Promise.all(keys.map((key) => this.#options.store.get(key)));
      for (const [at, key] of keys.entries()) {
        const bytes = values[at] ?? new Uint8Array(0);
        text = decoder.decode(bytes);
        this.#stored.push({ first: Number(key.slice(1)), count: text.split('\n').length - 1, bytes: bytes.length });
      }
      const stored = this.#stored.at(-1);
      const last = parseLine(text.trimEnd().split('\n').at(-1) ?? '');
      // A last line that was tampered with is no place to go on from, and must not be written over.
      const seq = stored ? stored.first + stored.count - 1 : this.#checkpoint.seq;
      const intact = stored === undefined || last?.seq === seq;
      this.#end = { seq, hash: stored ? (last?.hash ?? GENESIS) : this.#checkpoint.hash };
      this.#open = stored && intact ? { ...stored, text } : null;
      return true;
    } catch (error) {
      this.#trouble(error);
      return false;
    }
  }

  #wait(records: readonly Omit<Unhashed, 'seq'>[]): void {
    const kept = records.slice(0, WAITING_MAX - this.#waiting.length);
    this.#waiting.push(...kept);
    for (const { time } of records.slice(kept.length)) {
      const count = (this.#lost?.count ?? 0) + 1;
      this.#lost = { time, pid: 0, run: 0, program: 'kernel', module: '', action: { kind: 'flood', detail: 'records that were lost while the log could not be read' }, decision: 'deny', by: 'default', count };
    }
  }

  async #appendWaiting(): Promise<void> {
    const records = [...this.#waiting, ...(this.#lost ? [this.#lost] : [])];
    [this.#waiting, this.#lost] = [[], null];
    await this.#append(records, false);
  }

  async #append(records: readonly Omit<Unhashed, 'seq'>[], durable: boolean): Promise<void> {
    if (!this.#opened) return this.#wait(records);
    const changed = new Map<number, Segment>();
    for (const record of records) {
      const segment = this.#room();
      const seq = this.#end.seq + 1;
      const { hash, line, bytes } = chained(this.#options.hash, this.#end.hash, { ...record, seq });
      segment.text += `${line}\n`;
      segment.bytes += bytes + 1;
      segment.count++;
      this.#end = { seq, hash };
      changed.set(segment.first, segment);
    }
    for (const segment of changed.values()) this.#note(segment);
    await this.#write([...changed.values()], durable);
  }

  #room(): Segment {
    if (this.#open && this.#open.count < SEGMENT_RECORDS && this.#open.bytes < SEGMENT_BYTES) return this.#open;
    return (this.#open = { first: this.#end.seq + 1, count: 0, text: '', bytes: 0 });
  }

  #note({ first, count, bytes }: Segment): void {
    const last = this.#stored.at(-1);
    if (last?.first === first) this.#stored[this.#stored.length - 1] = { first, count, bytes };
    else this.#stored.push({ first, count, bytes });
  }

  async #write(segments: readonly Segment[], durable: boolean): Promise<void> {
    try {
      const changes: { key: string; value: Uint8Array | null }[] = [...this.#unwritten(segments)].map(([key, text]) => ({ key, value: encoder.encode(text) }));
      changes.push(...(await this.#rotation()));
      if (changes.length > 0) await this.#options.store.write(changes, durable);
      this.#kept.clear();
      this.#stands();
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** Texts that the store has not taken yet, by key; bounded by what is kept. */
  readonly #kept = new Map<string, string>();

  #unwritten(segments: readonly Segment[]): ReadonlyMap<string, string> {
    for (const { first, text } of segments) this.#kept.set(keyOf(first), text);
    return this.#kept;
  }

  /** Lets the oldest segments go, and writes down where the chain stands after them. */
  async #rotation(): Promise<{ key: string; value: Uint8Array | null }[]> {
    const gone = this.#stored.slice(0, Math.max(0, this.#stored.length - SEGMENTS_MAX));
    const last = gone.at(-1);
    if (!last) return [];
    const record = parseLine((await this.#lines(last)).at(-1) ?? '');
    if (record) this.#checkpoint = { seq: record.seq, hash: record.hash };
    this.#stored = this.#stored.slice(gone.length);
    for (const { first } of gone) this.#kept.delete(keyOf(first));
    return [...gone.map(({ first }) => ({ key: keyOf(first), value: null })), { key: CHECKPOINT, value: encoder.encode(JSON.stringify(this.#checkpoint)) }];
  }

  #trouble(error: unknown): void {
    if (this.#failures++ === 0) this.#options.onTrouble(error);
    clearTimeout(this.#retry);
    const delay = Math.min(RETRY_MAX, (this.#options.retryDelay ?? RETRY) * 2 ** (this.#failures - 1));
    if (!this.#closed) this.#retry = setTimeout(() => void this.append([]), delay);
  }

  #stands(): void {
    clearTimeout(this.#retry);
    if (this.#failures > 0) this.#options.onStored?.();
    this.#failures = 0;
  }

  /** What was rotated away is told by the first line. */
  #head(): Uint8Array {
    return this.#checkpoint.seq === 0 ? new Uint8Array(0) : encoder.encode(`${JSON.stringify({ checkpoint: this.#checkpoint })}\n`);
  }

  async #bytes({ first }: Stored): Promise<Uint8Array> {
    if (this.#open?.first === first) return encoder.encode(this.#open.text);
    const kept = this.#kept.get(keyOf(first));
    if (kept !== undefined) return encoder.encode(kept);
    return (await this.#options.store.get(keyOf(first))) ?? new Uint8Array(0);
  }

  async #lines(segment: Stored): Promise<string[]> {
    const lines = decoder.decode(await this.#bytes(segment)).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }
}

function isMeant(record: AuditRecord, { program, subject, path, kind, decision, pid }: AuditQuery): boolean {
  const action = record.action as Record<string, unknown>;
  const has = (wanted: string | undefined, ...members: string[]): boolean => wanted === undefined || members.some((member) => typeof action[member] === 'string' && action[member].includes(wanted));
  return (program === undefined || record.program.includes(program)) && (kind === undefined || action['kind'] === kind) && (decision === undefined || record.decision === decision)
    && (pid === undefined || record.pid === pid) && has(subject, 'subject') && has(path, 'path', 'url', 'namespace', 'detail');
}

