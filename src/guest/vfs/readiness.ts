import { Listener, OfdKind, type Waitable } from '../../shared/arena/index.ts';
import { untilDeadline, type Mailboxes } from './mailboxes.ts';
import type { Process } from './process.ts';
import { PIPE_BUF, type Streams } from './streams.ts';

/** What `poll_oneoff` asks of descriptions: whether a read or write would wait, and to be woken when that changes. */
export class Readiness {
  /** Of the last `isReady` that was true. */
  bytes = 0;
  hangup = false;
  readonly #process: Process;
  readonly #streams: Streams;
  readonly #mailboxes: Mailboxes;

  constructor(process: Process, streams: Streams, mailboxes: Mailboxes) {
    this.#mailboxes = mailboxes;
    this.#process = process;
    this.#streams = streams;
  }

  /** Whether a read (or write) would not wait now; then `bytes` and `hangup` say more. */
  isReady(ofd: number, write: boolean): boolean {
    const { files, tree } = this.#process;
    const kind = files.kind(ofd);
    this.hangup = false;
    this.bytes = 1;
    if (kind === OfdKind.FILE && !write) this.bytes = Math.max(0, tree.size(files.object(ofd)) - files.position(ofd));
    if (kind <= OfdKind.DIRECTORY || kind === OfdKind.SERVICE) return true;
    if (kind !== OfdKind.LISTENER && kind !== OfdKind.MAILBOX) return this.#isStreamReady(ofd, kind, write);
    this.bytes = kind === OfdKind.LISTENER ? this.#listener(ofd).pending() : this.#mailboxes.nextSize(ofd);
    return this.bytes > 0;
  }

  /** Milliseconds after which it becomes ready by itself: a request whose time is up. */
  patience(ofd: number): number {
    return this.#process.files.kind(ofd) === OfdKind.MAILBOX ? untilDeadline(this.#mailboxes.reader(ofd)) : Infinity;
  }

  #isStreamReady(ofd: number, kind: number, write: boolean): boolean {
    const ring = write ? this.#streams.output(ofd) : this.#streams.input(ofd);
    this.bytes = write ? ring.writable() : ring.readable();
    this.hangup = write ? ring.readers === 0 : ring.writers === 0 && this.bytes === 0;
    if (kind === OfdKind.SOCKET) this.hangup ||= this.#streams.isShut(ofd, write, this.bytes);
    // A small write is whole or not at all, so less room than that is none.
    const least = write && kind !== OfdKind.SOCKET ? Math.min(PIPE_BUF, ring.capacity) : 1;
    return this.bytes >= least || this.hangup;
  }

  #listener(ofd: number): Listener {
    return new Listener(this.#process.arena, this.#process.files.object(ofd));
  }

  /** While somebody waits for it: its changes move the doorbell. */
  watch(ofd: number, write: boolean, on: boolean): void {
    const kind = this.#process.files.kind(ofd);
    if (kind <= OfdKind.DIRECTORY || kind === OfdKind.SERVICE) return;
    const source: Waitable = kind === OfdKind.LISTENER ? this.#listener(ofd)
      : kind === OfdKind.MAILBOX ? this.#mailboxes.reader(ofd)
      : write ? this.#streams.output(ofd) : this.#streams.input(ofd);
    if (on) this.#streams.watch(source);
    else this.#streams.unwatch(source);
  }
}
