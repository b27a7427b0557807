import { BufferWindow, KERNEL_SLOT, Ring, type Arena } from '../../shared/arena/index.ts';
import { Errno, FsError, type ErrnoName } from '../../shared/base/index.ts';
import type { HttpResponse } from '../contract/index.ts';
import type { Pump } from '../process/index.ts';
import { encodeHead } from './response-head.ts';

/** Bytes of a response that wait for their reader; then nothing more is taken from the network. */
const RING_BYTES = 64 * 1024;

export interface ResponseStreamOptions {
  /** Ends the request, wherever it is. */
  abort(): void;
  /** Before bytes are given on. @throws FsError EDQUOT */
  count(bytes: number): void;
  /** Nobody has the stream open any more. Called once. */
  onClosed(): void;
}

/**
 * A response as a ring that a process reads: head, then body, as they come. Holds the ring's one writer until the end, and a reader of its own
 * until the process has let go, so that a revocation reaches also what has arrived and was not read. Policy when full: the server waits.
 */
export class ResponseStream implements Pump {
  readonly ring: number;
  readonly #ring: Ring;
  readonly #window: BufferWindow;
  readonly #options: ResponseStreamOptions;
  /** What is being written; its bytes are counted. */
  #part: Uint8Array | null = null;
  #body: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #isReading = false;
  /** Nothing more comes. */
  #hasEnded = false;
  #isOpen = true;
  #isSending = true;

  /** @throws FsError ENOMEM */
  constructor(arena: Arena, options: ResponseStreamOptions) {
    this.ring = Ring.create(arena, RING_BYTES);
    if (this.ring === 0) throw new FsError('ENOMEM', 'http', undefined, { detail: 'shared memory is full' });
    this.#ring = new Ring(arena, this.ring);
    this.#ring.addWriter();
    this.#ring.addReader();
    this.#window = new BufferWindow(arena);
    this.#options = options;
  }

  /** The process's end has been made, or never will be: from now on its closing ends the stream. */
  watch(): void {
    this.#ring.addWaiter(KERNEL_SLOT);
    this.pump();
  }

  get done(): boolean {
    return !this.#isOpen;
  }

  /** What the network said. */
  respond(method: string, response: HttpResponse): void {
    if (this.#hasEnded) return void response.body?.cancel().catch(() => undefined);
    this.#part = encodeHead(method, response);
    this.#body = response.body?.getReader() ?? null;
    this.pump();
  }

  /** The reader gets what is there, then this. */
  fail(code: ErrnoName): void {
    if (this.#hasEnded) return;
    this.#ring.fail(Errno[code]);
    this.#end();
    this.pump();
  }

  /** What was not read is gone, and reading fails from now on. */
  revoke(): void {
    if (!this.#isOpen) return;
    this.#part = null;
    this.#ring.fail(Errno.ENOTCAPABLE);
    this.#ring.discard();
    this.#end();
    this.pump();
  }

  pump(): void {
    if (!this.#isOpen) return;
    if (this.#ring.readers <= 1) return this.#close();
    if (!this.#put()) return;
    if (this.#hasEnded) this.#finish();
    else this.#readOn();
  }

  /** False: there is no room, and the bell rings when there is. */
  #put(): boolean {
    while (this.#part && this.#part.length > 0) {
      const count = this.#ring.tryWrite(this.#window.wrap(this.#part), 0, this.#part.length);
      if (count <= 0) return false;
      this.#part = this.#part.subarray(count);
    }
    return true;
  }

  #readOn(): void {
    if (this.#isReading || !this.#part) return;
    if (!this.#body) return this.#finish();
    this.#isReading = true;
    this.#body.read().then(
      ({ done, value }) => this.#came(done ? null : (value ?? null)),
      (error: unknown) => this.#came(error instanceof FsError ? error : new FsError('ECONNRESET', 'http', undefined, { cause: error })),
    );
  }

  #came(what: Uint8Array | null | FsError): void {
    this.#isReading = false;
    if (this.#hasEnded) return;
    if (what instanceof FsError) return this.fail(what.code);
    if (what === null) {
      this.#body = null;
      this.#hasEnded = true;
      return this.pump();
    }
    try {
      this.#options.count(what.length);
    } catch (error) {
      return this.fail(error instanceof FsError ? error.code : 'EIO');
    }
    this.#part = what;
    this.pump();
  }

  /** Nothing more is wanted of the network. */
  #end(): void {
    this.#hasEnded = true;
    this.#body?.cancel().catch(() => undefined);
    this.#body = null;
    this.#options.abort();
  }

  /** The end is told once what comes before it has been written. */
  #finish(): void {
    this.#hasEnded = true;
    if (!this.#isSending) return;
    this.#isSending = false;
    this.#ring.leaveWriter();
  }

  #close(): void {
    this.#isOpen = false;
    if (!this.#hasEnded) this.#end();
    this.#part = null;
    this.#ring.removeWaiter(KERNEL_SLOT);
    if (this.#isSending) this.#ring.leaveWriter();
    this.#isSending = false;
    this.#ring.dropReader();
    this.#options.onClosed();
  }
}
