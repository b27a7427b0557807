import { FsError } from '../../../shared/base/index.ts';
import type { Awaitable } from '../../contract/index.ts';
import type { HandleControl } from '../../process/index.ts';

const LF = 0x0a;
/** Bytes of one line that are kept until its end comes, and of all such lines together. */
export const LINE_MAX = 1 << 20;
export const PENDING_MAX = 16 << 20;

export interface LineWriterOptions {
  subject: string;
  /** Bytes that all writers keep; shared by them. */
  pending: { bytes: number };
  /** Before each write. @throws FsError */
  allow(): Awaitable<void>;
  /** As a message of `caller`; undefined: of who opened it. @throws FsError */
  publish(line: Uint8Array, caller?: number): void;
  /** What fails when nobody can be told any more. */
  onLost(error: FsError): void;
  onClosed(): void;
}

/** Cuts what is written into lines. Each is a message; what comes after the last line feed waits for the rest, or for the end. */
export class LineWriter implements HandleControl {
  readonly #options: LineWriterOptions;
  #parts: Uint8Array[] = [];
  #kept = 0;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  read(): never {
    throw new FsError('EBADF', 'read', this.#options.subject, { detail: 'it was opened for writing' });
  }

  /** Bytes taken: fewer than all when a line after the first fails, which the next write tells. A line that fails is gone. */
  async write(data: Uint8Array, caller: number): Promise<number> {
    await this.#options.allow();
    let from = 0;
    for (let end = data.indexOf(LF); end >= 0; end = data.indexOf(LF, from)) {
      const line = this.#take(data.subarray(from, end));
      try {
        this.#options.publish(line, caller);
      } catch (error) {
        if (from === 0) throw error;
        return from;
      }
      from = end + 1;
    }
    if (from < data.length) this.#keep(data.slice(from));
    return data.length;
  }

  #take(rest: Uint8Array): Uint8Array {
    if (this.#kept === 0) return rest;
    const line = new Uint8Array(this.#kept + rest.length);
    let at = 0;
    for (const part of [...this.#parts, rest]) {
      line.set(part, at);
      at += part.length;
    }
    this.#forget();
    return line;
  }

  #keep(part: Uint8Array): void {
    const { pending, subject } = this.#options;
    if (this.#kept + part.length > LINE_MAX) {
      this.#forget();
      throw new FsError('EMSGSIZE', 'write', subject, { detail: `a line of more than ${LINE_MAX} bytes` });
    }
    if (pending.bytes + part.length > PENDING_MAX) throw new FsError('ENOBUFS', 'write', subject, { detail: `${pending.bytes} bytes of lines wait for their end` });
    this.#parts.push(part);
    this.#kept += part.length;
    pending.bytes += part.length;
  }

  #forget(): void {
    this.#options.pending.bytes -= this.#kept;
    this.#parts = [];
    this.#kept = 0;
  }

  /** What waits for its end must not be said any more. */
  revoke(): void {
    this.#forget();
  }

  /** What waits is a line, now that no rest will come. */
  close(): void {
    const { publish, onLost, onClosed } = this.#options;
    try {
      if (this.#kept > 0) publish(this.#take(new Uint8Array(0)));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      onLost(error);
    } finally {
      onClosed();
    }
  }
}
