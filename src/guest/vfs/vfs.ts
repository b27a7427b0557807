import { Descriptors } from './descriptors.ts';
import { Mailboxes } from './mailboxes.ts';
import { Names } from './names.ts';
import { Pipes } from './pipes.ts';
import { Process, type ProcessParts } from './process.ts';
import { Readiness } from './readiness.ts';
import { Services } from './services.ts';
import { Sockets } from './sockets.ts';
import { Streams } from './streams.ts';

/** A process's files: its descriptors and the names below them. */
export class Vfs {
  readonly process: Process;
  readonly fds: Descriptors;
  readonly sockets: Sockets;
  readonly mailboxes: Mailboxes;
  readonly names: Names;
  readonly pipes: Pipes;
  readonly readiness: Readiness;
  /** `ThreadFdTable.closes` as our caches have seen it. */
  #closes = 0;

  constructor(parts: ProcessParts) {
    this.process = new Process(parts);
    const streams = new Streams(this.process);
    const services = new Services(this.process);
    this.mailboxes = new Mailboxes(this.process, streams);
    this.fds = new Descriptors(this.process, streams, services, this.mailboxes);
    this.sockets = new Sockets(this.process, streams);
    this.readiness = new Readiness(this.process, streams, this.mailboxes);
    this.pipes = new Pipes(this.process, this.fds);
    this.names = new Names(this.process, services, this.fds);
  }

  /** In a process with threads, around each call: what another thread closed is forgotten. */
  beginCall(): void {
    const { shared } = this.process;
    if (shared === null || shared.closes === this.#closes) return;
    this.#closes = shared.closes;
    this.fds.forget();
  }

  /** Lets go of the descriptions that the call used, of which it may have been the last user. */
  endCall(): void {
    this.process.shared?.letGo();
    this.process.closeOrphans();
  }
}
