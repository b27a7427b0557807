import { expect } from 'vitest';
import { FileType } from '../shared/abi/index.ts';
import { Errno, FsError } from '../shared/base/index.ts';
import type { DirectoryGrant } from '../kernel/capability/index.ts';
import { TokenCalls } from '../kernel/syscall/index.ts';
import { createMac } from '../kernel/storage/index.ts';
import { clock, Rig, turn } from '../kernel/process/testing/rig.ts';
import { covers, onTheWay, remember, snapshot, type Fact, type Snapshot } from './authority-model.ts';
import { Granted } from './granted.ts';

export const TOP = '/home/w';
export const PLACES = ['', 'a', 'a/x', 'b', 'b/y', 'c'];
export const NAMES = ['f.txt', 'g.csv', 's', 'new.txt', 'new.csv', 'd', 'l1', 'l2'];
const PATTERNS = ['*', '*.txt', '**/*.csv', '**', 'x/*', 'x/**', 'f.*', '*/f.txt', 's', 'd/**', '?', 'y/*.txt'];
export const [READ, WRITE, CREATE, DELETE] = [1, 2, 4, 8];
const mac = await createMac(new Uint8Array(32));

/** A descriptor: what a directory gives, or the facts by which a file was opened. */
interface Open {
  ino: number;
  kind: 'file' | 'dir';
  facts: Fact[];
}

export interface Actor {
  guest: Granted;
  fds: Map<number, Open>;
}

/** A small generator (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Processes with random grants that do anything at all, and what they were given, kept plainly. */
export class World {
  readonly rig: Rig;
  readonly log: string[] = [];
  readonly done = new Map<string, number>();
  readonly next: () => number;
  readonly top: number;
  readonly actors: Actor[] = [];
  readonly dead = new Set<number>();
  readonly tokens: { bytes: Uint8Array<ArrayBuffer>; by: Actor; to: Actor; facts: Fact[]; id: number; used: boolean }[] = [];
  shot: Snapshot;
  #number = 0;

  private constructor(rig: Rig, next: () => number, top: number) {
    this.rig = rig;
    this.next = next;
    this.top = top;
    this.shot = snapshot(rig, top);
  }

  static async make(seed: number): Promise<World> {
    const rig = await Rig.make({ stays: () => {} });
    Object.assign(rig.host, new TokenCalls({ descriptors: rig.descriptors, processes: rig.processes, clock, mac }).handlers);
    for (const place of PLACES) {
      await rig.files.mkdir(`${TOP}/${place}`, { recursive: true });
      for (const name of ['f.txt', 'g.csv', 's']) await rig.files.writeFile(`${TOP}/${place}/${name}`, new TextEncoder().encode(`${place} ${name}`));
    }
    const bytes = new TextEncoder().encode(TOP.slice(1));
    const world = new World(rig, random(seed), rig.tree.walk(rig.root, 0, bytes, 0, bytes.length, true));
    for (let n = 0; n < 4; n++) await world.start();
    return world;
  }

  pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.next() * among.length)]!;
  }

  count(what: string, result: number): void {
    const key = `${what} ${result >= 0 ? 'done' : result === -Errno.ENOTCAPABLE ? 'refused' : 'failed'}`;
    this.done.set(key, (this.done.get(key) ?? 0) + 1);
  }

  check(holds: boolean, what: string): void {
    if (!holds) expect.fail(`${what}\n${this.log.slice(-60).join('\n')}`);
  }

  #inoAt(place: string): number {
    const bytes = new TextEncoder().encode(place);
    const inode = place === '' ? this.top : this.rig.tree.walk(this.top, 0, bytes, 0, bytes.length, true);
    return inode >= 0 && this.rig.tree.kind(inode) === FileType.DIRECTORY ? this.rig.tree.inodes.ino(inode) : -1;
  }

  /** A process with one to three directories of its own. */
  async start(): Promise<void> {
    const directories: DirectoryGrant[] = [];
    const facts: Fact[][] = [];
    for (const place of PLACES.filter(() => this.next() < 0.5)) {
      const ino = this.#inoAt(place);
      if (ino < 0) continue;
      const path = place === '' ? TOP : `${TOP}/${place}`;
      const rights = (): number => (this.next() < 0.3 ? 15 : 1 + Math.floor(this.next() * 15));
      const fact = (pattern: string | null, given: number, number: number): Fact => ({ numbers: [number], root: ino, base: ino, pattern, rights: given, given: true, ever: new Map() });
      if (this.next() < 0.5) {
        const [given, number] = [rights(), ++this.#number];
        directories.push({ name: path, path, rights: given, grant: number });
        facts.push([fact(null, given, number)]);
      } else {
        const globs = Array.from({ length: 1 + Math.floor(this.next() * 3) }, () => ({ text: this.pick(PATTERNS), rights: rights(), grant: ++this.#number }));
        directories.push({ name: path, path, globs: globs.map(({ text, rights: given, grant }) => ({ path: `${path}/${text}`, rights: given, grant })) });
        facts.push(globs.map(({ text, rights: given, grant }) => fact(text, given, grant)));
      }
    }
    await this.#launch(directories, facts);
  }

  async #launch(directories: readonly DirectoryGrant[], facts: Fact[][], ppid = 0): Promise<void> {
    const guest = await Granted.start(this.rig, directories, { ppid });
    const actor: Actor = { guest, fds: new Map(facts.map((some, at) => [3 + at, { kind: 'dir', ino: some[0]?.root ?? -1, facts: some }])) };
    if (ppid === 0) remember(this.factsOf(actor), this.shot, null, () => true);
    this.actors.push(actor);
    this.log.push(`start ${guest.pid}: ${JSON.stringify(directories)}`);
  }

  isLive(fact: Fact): boolean {
    return !fact.numbers.some((number) => this.dead.has(number));
  }

  /** What it was given and still has open. */
  factsOf({ fds }: Actor): Fact[] {
    return [...fds.values()].flatMap(({ kind, facts }) => (kind === 'dir' ? facts : []));
  }

  live(actor: Actor): Fact[] {
    return this.factsOf(actor).filter((fact) => this.isLive(fact));
  }

  /** Rights to a node, as far as the actor was given them. */
  rights(actor: Actor, ino: number): number {
    const files = [...actor.fds.values()].filter((one) => one.kind === 'file' && one.ino === ino).flatMap(({ facts }) => facts.filter((fact) => this.isLive(fact)));
    return [...this.live(actor), ...files].reduce((sum, fact) => sum | (fact.ever.get(ino) ?? 0), 0);
  }

  byName(actor: Actor, shot: Snapshot, dir: number, name: string): number {
    return this.live(actor).reduce((sum, fact) => sum | covers(fact, shot, dir, name), 0);
  }

  isOnTheWay(actor: Actor, dir: number, name: string): boolean {
    return this.live(actor).some((fact) => onTheWay(fact, this.shot, dir, name) || covers(fact, this.shot, dir, name) !== 0);
  }

  /** What has changed since the last look must have been the actor's to change; null: somebody outside. */
  settle(actor: Actor | null): void {
    const before = this.shot;
    const after = snapshot(this.rig, this.top);
    this.shot = after;
    if (actor) this.#judge(actor, before, after);
    for (const other of this.actors) remember(this.factsOf(other), after, before, () => other !== actor);
    if (actor) this.#checkNoGain(actor, before, after);
  }

  #judge(actor: Actor, before: Snapshot, after: Snapshot): void {
    for (const [ino, content] of after.files) {
      if (before.files.has(ino) && before.files.get(ino) !== content) this.check((this.rights(actor, ino) & WRITE) !== 0, `${actor.guest.pid} changed the file ${ino}`);
    }
    const key = ({ dir, name }: { dir: number; name: string }): string => `${dir}/${name}`;
    const [was, is] = [before, after].map(({ entries }) => new Map(entries.map((entry) => [key(entry), entry])));
    for (const [at, { dir, name, ino }] of was!) {
      // What lies in a directory that was moved keeps its name there.
      if (is!.get(at)?.ino !== ino) this.check((this.byName(actor, before, dir, name) & DELETE) !== 0, `${actor.guest.pid} removed ${name} of ${dir}`);
    }
    for (const [at, { dir, name, ino }] of is!) {
      if (was!.get(at)?.ino !== ino) this.check((this.byName(actor, before, dir, name) & CREATE) !== 0, `${actor.guest.pid} made ${name} in ${dir}`);
    }
  }

  /** RT4: by its own doing nobody may do more with what was there. */
  #checkNoGain(actor: Actor, before: Snapshot, after: Snapshot): void {
    const old = new Set(before.entries.map(({ ino }) => ino));
    for (const { dir, name, ino, type } of after.entries) {
      if (!old.has(ino) || type === FileType.DIRECTORY) continue;
      const [may, could] = [this.byName(actor, after, dir, name) & 3, this.rights(actor, ino)];
      this.check((may & ~could) === 0, `${actor.guest.pid} has gained ${may & ~could} on ${name} of ${dir} (${ino})`);
    }
  }

  inoOf({ guest }: Actor, fd: number): number {
    const { files, table } = guest.vfs.process;
    return this.rig.tree.inodes.ino(files.object(table.get(fd)));
  }

  async end(): Promise<void> {
    await Promise.all(this.rig.processes.running().map(({ pid }) => this.rig.processes.kill(pid, 'KILL')));
    await turn(5);
    await this.rig.files.rm(TOP, { recursive: true });
    expect(this.rig.leaks().filter((fault) => !String(fault).includes('allocations'))).toEqual([]);
    this.rig.processes.dispose();
  }

  async stop(actor: Actor): Promise<void> {
    this.actors.splice(this.actors.indexOf(actor), 1);
    this.log.push(`stop ${actor.guest.pid}`);
    // What it offered and nobody took is gone with it.
    for (const token of this.tokens) if (!token.used && (token.by === actor || token.to === actor)) this.dead.add(token.id);
    await this.rig.processes.kill(actor.guest.pid, 'KILL');
  }

  /** -ENOTCAPABLE: what was granted is not where it was. */
  async spawn(parent: Actor): Promise<number> {
    const { directories } = parent.guest.record.grants;
    // Those of its grants that are left, in their order, with what came from their numbers.
    const facts = directories.map(({ globs, grant }) => {
      const numbers = globs ? globs.map((glob) => glob.grant) : [grant];
      const preopen = [...parent.fds.values()].find((one) => one.facts.some((fact) => fact.numbers.length === 1 && numbers.includes(fact.numbers[0]!) && fact.root === fact.base && fact.given));
      return (preopen?.facts ?? []).filter((fact) => numbers.includes(fact.numbers[0]!)).map((fact) => ({ ...fact, ever: new Map(fact.ever) }));
    });
    try {
      await this.#launch(directories, facts, parent.guest.pid);
      return 0;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      return -error.errno;
    }
  }
}
