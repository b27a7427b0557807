import { checkData, type Sender } from '../../../shared/ipc/index.ts';
import type { Bus } from '../../bus/index.ts';
import type { Caller, FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import { FsError, type Clock } from '../../../shared/base/index.ts';
import { dataOfLine } from './lines.ts';
import { nameOf, subjectOf } from './names.ts';
import { RecentSubjects } from './recent-subjects.ts';

export interface BusServiceOptions {
  dev: number;
  clock: Clock;
  bus: Bus;
}

const ROOT: Node = 1;
const FIRST: Node = 2;
const LF = 0x0a;
/** Names that were looked up and are not open, at most; then the oldest is forgotten. */
const NODES_MAX = 4096;

/**
 * `/bus/<subject>`: each subject, and each pattern, is a file there. Opening one through a system call gives lines to read, or takes lines to publish
 * (see `BusFiles`). Listed are the subjects seen lately. Rules: SPEC.md.
 */
export class BusService implements FileService {
  readonly name = 'bus';
  readonly dev: number;
  readonly #bus: Bus;
  readonly #made: bigint;
  readonly #recent = new RecentSubjects();
  readonly #nodes = new Map<string, Node>();
  readonly #subjects = new Map<Node, { subject: string; opens: number }>();
  #lastNode = FIRST - 1;

  constructor(options: BusServiceOptions) {
    this.dev = options.dev;
    this.#bus = options.bus;
    this.#made = options.clock.realtime();
    this.#bus.watchSubjects((subject) => this.see(subject));
  }

  /** A message came by: its subject is listed. */
  see(subject: string): void {
    this.#recent.see(subject);
  }

  root(): Node {
    return ROOT;
  }

  lookup(dir: Node, name: string): Node {
    this.#requireRoot('lookup', dir);
    const subject = subjectOf(name);
    if (subject === null) throw new FsError('ENOENT', 'lookup', name, { detail: 'it is no subject' });
    return this.#nodeOf(subject);
  }

  /** Only for names that cannot be there, as every other one is there already. */
  create(dir: Node, name: string): never {
    this.#requireRoot('create', dir);
    throw new FsError('EINVAL', 'create', name, { detail: 'it is no subject' });
  }

  parent(dir: Node): Node {
    this.#requireRoot('parent', dir);
    return ROOT;
  }

  stat(node: Node): NodeStat {
    if (node !== ROOT) this.subject(node);
    const time = this.#made;
    return {
      kind: node === ROOT ? 'directory' : 'device', size: 0, origin: 'device', dev: this.dev, ino: node, nlink: node === ROOT ? 2 : 1, atime: time, mtime: time, ctime: time,
    };
  }

  /** Cookies are numbers that a subject keeps while it is remembered. */
  readdir(dir: Node, cookie: number, limit: number): NodeEntry[] {
    this.#requireRoot('readdir', dir);
    if (cookie === 0) for (const subject of this.#bus.subjects()) this.#recent.see(subject);
    const entries: NodeEntry[] = [];
    for (let after = cookie; entries.length < limit; ) {
      const page = this.#recent.after(after, limit - entries.length);
      if (page.length === 0) break;
      for (const { subject, number } of page) {
        after = number;
        const name = nameOf(subject);
        if (name === null) continue;
        const node = this.#nodeOf(subject);
        entries.push({ name, node, kind: 'device', ino: node, cookie: number });
      }
    }
    return entries;
  }

  read(node: Node): never {
    throw new FsError(node === ROOT ? 'EISDIR' : 'ENXIO', 'read', undefined, { detail: 'a subject is read by a process, or by palimpsest.bus.subscribe' });
  }

  /** For the user in the window: lines, and what comes after the last of them as one more, for nobody waits here for its rest. */
  write(node: Node, _position: number, data: Uint8Array, caller?: Caller): number {
    const subject = this.subject(node);
    if (caller !== undefined) throw new FsError('ENXIO', 'write', subject, { detail: 'a process writes by a descriptor' });
    for (let from = 0; from < data.length; ) {
      const end = data.indexOf(LF, from);
      const to = end < 0 ? data.length : end;
      this.publish(subject, data.slice(from, to), 'page', 0);
      from = to + 1;
    }
    return data.length;
  }

  /** One line, as a message of process `source`; 0: the page's. @throws FsError EINVAL, EPERM, EAGAIN */
  publish(subject: string, line: Uint8Array, sender: Sender, source: number): void {
    const data = dataOfLine(line, subject);
    const type = checkData(subject, '', data, sender);
    this.#bus.publish(subject, data, { source, strict: true, ...(type !== '' && { type }) });
  }

  truncate(node: Node): void {
    this.subject(node);
  }

  seekable(node: Node): boolean {
    return node === ROOT;
  }

  retain(node: Node): void {
    const known = this.#subjects.get(node);
    if (known) known.opens++;
  }

  release(node: Node): void {
    const known = this.#subjects.get(node);
    if (known) known.opens--;
  }

  /** Or pattern. @throws FsError EISDIR for the root, ESTALE for a node that was forgotten */
  subject(node: Node): string {
    if (node === ROOT) throw new FsError('EISDIR', 'bus');
    const known = this.#subjects.get(node);
    if (!known) throw new FsError('ESTALE', 'bus', undefined, { detail: 'the name was forgotten' });
    return known.subject;
  }

  #nodeOf(subject: string): Node {
    const known = this.#nodes.get(subject);
    if (known !== undefined) {
      this.#nodes.delete(subject);
      this.#nodes.set(subject, known);
      return known;
    }
    if (this.#nodes.size >= NODES_MAX) this.#forgetOne();
    const node = ++this.#lastNode;
    this.#nodes.set(subject, node);
    this.#subjects.set(node, { subject, opens: 0 });
    return node;
  }

  /** The one that was not looked up for longest, of those that nobody has open. */
  #forgetOne(): void {
    for (const [subject, node] of this.#nodes) {
      if (this.#subjects.get(node)!.opens > 0) continue;
      this.#nodes.delete(subject);
      this.#subjects.delete(node);
      return;
    }
  }

  #requireRoot(operation: string, dir: Node): void {
    if (dir !== ROOT) throw new FsError('ENOTDIR', operation);
  }
}
