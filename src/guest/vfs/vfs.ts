import { Descriptors } from './descriptors.ts';
import { Names } from './names.ts';
import { Process, type ProcessParts } from './process.ts';
import { Services } from './services.ts';
import { Streams } from './streams.ts';

/** A process's files: its descriptors and the names below them. */
export class Vfs {
  readonly process: Process;
  readonly fds: Descriptors;
  readonly names: Names;

  constructor(parts: ProcessParts) {
    this.process = new Process(parts);
    const services = new Services(this.process);
    this.fds = new Descriptors(this.process, new Streams(this.process), services);
    this.names = new Names(this.process, services);
  }
}
