import { OfdFlag, OfdKind } from '../../../shared/arena/index.ts';
import { FsError, type Clock } from '../../../shared/base/index.ts';
import { isKernelSubject } from '../../../shared/ipc/index.ts';
import { parsePattern, parseSubject, type Bus, type PullSubscription } from '../../bus/index.ts';
import type { Authority } from '../../contract/index.ts';
import type { Location } from '../../namespace/index.ts';
import type { Descriptors, ProcessRecord, Pump } from '../../process/index.ts';
import type { BusService } from './bus-service.ts';
import { lineOf } from './lines.ts';
import { LineStream } from './line-stream.ts';
import { LineWriter } from './line-writer.ts';
import { MessageRate } from './message-rate.ts';

export interface BusFilesOptions {
  bus: Bus;
  authority: Authority;
  descriptors: Descriptors;
  clock: Clock;
  /** A process that has not ended. */
  find(pid: number): ProcessRecord | undefined;
  /** To be moved whenever the kernel's bell rang. */
  attach(pump: Pump): void;
}

/** Subscriptions by file that are open at once, and messages that wait for the reader of one. */
const STREAMS_MAX = 1024;
const QUEUE = 256;

/** What a process gets when it opens `/bus/<subject>`. Rules: SPEC.md. */
export class BusFiles {
  readonly #options: BusFilesOptions;
  readonly #pending = { bytes: 0 };
  readonly #rate: MessageRate;
  #streams = 0;

  constructor(options: BusFilesOptions) {
    this.#options = options;
    this.#rate = new MessageRate(options.clock);
  }

  /** The process has ended. */
  forget(pid: number): void {
    this.#rate.forget(pid);
  }

  /** Subscriptions that are open, and bytes of lines that wait for their end. */
  get open(): { streams: number; pending: number } {
    return { streams: this.#streams, pending: this.#pending.bytes };
  }

  /**
   * An open file description. `flags`: `OfdFlag`.
   * @throws FsError EINVAL for a pattern that is opened for writing, EPERM for what the kernel alone publishes; ENOTSUP for reading and writing at
   * once; what `Authority.require` throws; ESRCH; ENFILE, ENOMEM
   */
  async opened(process: ProcessRecord, location: Location, service: BusService, flags: number): Promise<number> {
    const subject = service.subject(location.node);
    const { descriptors } = this.#options;
    if (flags & OfdFlag.READ && flags & OfdFlag.WRITE) throw new FsError('ENOTSUP', 'open', location.path, { detail: 'a subject is read and written by two descriptors' });
    if (flags & OfdFlag.WRITE) return this.#openWriter(process, location, service, subject, flags);
    if (flags & OfdFlag.READ) return this.#openReader(process, service, subject, flags);
    return descriptors.open(location, 'file', flags, location, process.mirrored);
  }

  async #openWriter(process: ProcessRecord, location: Location, service: BusService, subject: string, flags: number): Promise<number> {
    parseSubject(subject);
    checkSubject(subject);
    await this.#require(process, 'publish', subject);
    const { pid } = process;
    const publish = (line: Uint8Array, caller = pid): void => {
      this.#rate.count(caller, this.#options.find(caller)?.limits.messages ?? null);
      service.publish(subject, line, 'guest', caller);
    };
    const writer = new LineWriter({
      subject, pending: this.#pending, publish, onClosed: () => watch.dispose(),
      // What was handed on is used on behalf of who opened it.
      allow: () => (this.#isAlive(process) ? this.#options.authority.require(pid, { kind: 'publish', subject }) : undefined),
      onLost: (error) => this.#log(pid, error),
    });
    const watch = this.#options.authority.watch(pid, { kind: 'publish', subject }, () => this.#isAlive(process) && writer.revoke());
    return this.#options.descriptors.openControl(location, writer, flags);
  }

  async #openReader(process: ProcessRecord, service: BusService, pattern: string, flags: number): Promise<number> {
    parsePattern(pattern);
    await this.#require(process, 'subscribe', pattern);
    if (this.#streams >= STREAMS_MAX) throw new FsError('ENFILE', 'open', pattern, { detail: `${STREAMS_MAX} subjects are being read` });
    const { descriptors, attach, authority, bus } = this.#options;
    const { pid } = process;
    const stream = new LineStream(descriptors.arena, {
      subscribe: (onReady) => bus.pull(pattern, onReady, { capacity: QUEUE }),
      lineOf: (subscription) => next(subscription, service),
      onClosed: () => {
        this.#streams--;
        watch.dispose();
      },
    });
    this.#streams++;
    // Its end is no revocation: what it has handed on stays open.
    const watch = authority.watch(pid, { kind: 'subscribe', subject: pattern }, () => this.#isAlive(process) && stream.fail('ENOTCAPABLE'));
    try {
      return descriptors.create(OfdKind.PIPE_READ, stream.ring, flags);
    } finally {
      stream.watch();
      if (!stream.done) attach(stream);
    }
  }

  async #require(process: ProcessRecord, kind: 'publish' | 'subscribe', subject: string): Promise<void> {
    await this.#options.authority.require(process.pid, { kind, subject });
    if (!this.#isAlive(process)) throw new FsError('ESRCH', 'open', subject, { detail: 'the process has ended' });
  }

  #isAlive(process: ProcessRecord): boolean {
    return this.#options.find(process.pid) === process;
  }

  /** What the writer cannot be told any more stands in its log. */
  #log(pid: number, error: FsError): void {
    this.#options.bus.publish(`log.${pid}`, { level: 'error', text: error.message });
  }
}

/** @throws FsError EPERM */
function checkSubject(subject: string): void {
  if (isKernelSubject(subject)) throw new FsError('EPERM', 'open', subject, { detail: 'only the kernel speaks on this subject' });
}

function next(subscription: PullSubscription, service: BusService): Uint8Array | undefined {
  const message = subscription.take(1)[0];
  if (!message) return undefined;
  service.see(message.subject);
  return lineOf(message);
}
