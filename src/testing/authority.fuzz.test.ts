import { expect, test } from 'vitest';
import { FileType } from '../shared/abi/index.ts';
import { OfdFlag, OfdKind } from '../shared/arena/index.ts';
import { Errno, FsError } from '../shared/base/index.ts';
import type { DirectoryGrant } from '../kernel/capability/index.ts';
import { TokenCalls } from '../kernel/syscall/index.ts';
import { createMac } from '../kernel/storage/index.ts';
import { clock, Rig, turn } from '../kernel/process/testing/rig.ts';
import { covers, onTheWay, remember, snapshot, type Fact, type Snapshot } from './authority-model.ts';
import { Granted } from './granted.ts';

const TOP = '/home/w';
const PLACES = ['', 'a', 'a/x', 'b', 'b/y', 'c'];
const NAMES = ['f.txt', 'g.csv', 's', 'new.txt', 'new.csv', 'd', 'l1', 'l2'];
const PATTERNS = ['*', '*.txt', '**/*.csv', '**', 'x/*', 'x/**', 'f.*', '*/f.txt', 's', 'd/**', '?', 'y/*.txt'];
const TARGETS = ['s', 'x/s', '../b/s', '../c', 'f.txt', '..', 'd', 'none', '../a/x/../g.csv'];
const [READ, WRITE, CREATE, DELETE] = [1, 2, 4, 8];
const mac = await createMac(new Uint8Array(32));
const SEEDS = process.env['TORTURE_SEED'] ? [Number(process.env['TORTURE_SEED'])] : [1, 2, 3, 4, 5, 6];
const ROUNDS = process.env['TORTURE_SECONDS'] ? 400 * Number(process.env['TORTURE_SECONDS']) : 2000;

interface Held {
  kind: 'file' | 'dir';
  /** What a directory gives, by the facts that it came from. */
  facts: Fact[];
}

interface Actor {
  guest: Granted;
  facts: Fact[];
  fds: Map<number, Held>;
}

/** A small generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Processes with random grants that do anything at all, and what they were given, kept plainly. */
class World {
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
      const fact = (pattern: string | null, given: number, number: number): Fact => ({ numbers: [number], root: ino, base: ino, pattern, rights: given, ever: new Map() });
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
    const actor: Actor = { guest, facts: facts.flat(), fds: new Map(facts.map((some, at) => [3 + at, { kind: 'dir', facts: some }])) };
    remember(actor.facts, this.shot, null, () => true);
    this.actors.push(actor);
    this.log.push(`start ${guest.pid}: ${JSON.stringify(directories)}`);
  }

  isLive(fact: Fact): boolean {
    return !fact.numbers.some((number) => this.dead.has(number));
  }

  live({ facts }: Actor): Fact[] {
    return facts.filter((fact) => this.isLive(fact));
  }

  /** Rights to a node, as far as the actor was given them. */
  rights(actor: Actor, ino: number): number {
    return this.live(actor).reduce((sum, fact) => sum | (fact.ever.get(ino) ?? 0), 0);
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
    for (const other of this.actors) remember(other.facts, after, before, () => other !== actor);
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
      return parent.facts.filter((fact) => fact.numbers.length === 1 && numbers.includes(fact.numbers[0]!)).map((fact) => ({ ...fact, ever: new Map(fact.ever) }));
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

type Act = (world: World, actor: Actor, fd: number) => number | Promise<number>;

function path(world: World): string {
  const head = world.next() < 0.5 ? '' : `${world.pick(['x', 'y', 'a', 'b', 'd', '..', '../b', '../a/x', 'a/x', '.', 'l1'])}/`;
  return `${head}${world.pick(NAMES)}`;
}

function directory(world: World, actor: Actor): number {
  const all = [...actor.fds].filter(([, { kind }]) => kind === 'dir').map(([fd]) => fd);
  return all.length === 0 ? 3 : world.pick(all);
}

/** A descriptor that was opened by another one; what it is may be done. */
function opened(world: World, actor: Actor, from: number, fd: number, flags: number, withhold: number): void {
  const { files, table } = actor.guest.vfs.process;
  const ino = world.inoOf(actor, fd);
  if (files.kind(table.get(fd)) === OfdKind.FILE) {
    const may = world.rights(actor, ino);
    world.check((flags & OfdFlag.READ ? may & READ : 1) !== 0 && (flags & OfdFlag.WRITE ? may & WRITE : 1) !== 0, `${actor.guest.pid} opened ${ino} with ${flags}`);
    actor.fds.set(fd, { kind: 'file', facts: [] });
    return;
  }
  const { facts } = actor.fds.get(from)!;
  actor.fds.set(fd, { kind: 'dir', facts: facts.map((fact) => ({ ...fact, root: ino, rights: fact.rights & ~withhold, ever: new Map() })) });
}

const ACTS: Record<string, Act> = {
  open: (world, actor, fd) => {
    const [where, flags, oflags] = [path(world), world.pick([0, 1, 1, 2, 3, 3]), world.pick([0, 0, 0, 1, 1, 5, 8, 9])];
    const before = world.shot;
    const got = actor.guest.open(fd, where, flags, oflags);
    world.log.push(`${actor.guest.pid} open ${fd} ${where} ${flags} ${oflags}: ${got}`);
    world.settle(actor);
    if (got >= 0) opened(world, actor, fd, got, flags, 0);
    // A plain name that the directory's own facts give is not refused.
    if (got === -Errno.ENOTCAPABLE && !where.includes('/')) direct(world, actor, fd, where, flags, oflags, before);
    return got;
  },
  opendir: (world, actor, fd) => {
    const [where, withhold] = [world.pick(['.', 'x', 'y', 'a', 'b', 'd', 'a/x', '..', 'l1']), world.pick([0, 0, READ, WRITE | DELETE, 15])];
    const got = actor.guest.opendir(fd, where, withhold);
    world.log.push(`${actor.guest.pid} opendir ${fd} ${where} -${withhold}: ${got}`);
    if (got >= 0) opened(world, actor, fd, got, 1, withhold);
    return got;
  },
  read: (world, actor) => {
    const files = [...actor.fds].filter(([, { kind }]) => kind === 'file').map(([fd]) => fd);
    if (files.length === 0) return -1;
    const fd = world.pick(files);
    const got = actor.guest.read(fd);
    if (typeof got === 'string') world.check((world.rights(actor, world.inoOf(actor, fd)) & READ) !== 0, `${actor.guest.pid} read ${world.inoOf(actor, fd)}`);
    return typeof got === 'string' ? 0 : got;
  },
  write: (world, actor) => {
    const files = [...actor.fds].filter(([, { kind }]) => kind === 'file').map(([fd]) => fd);
    return files.length === 0 ? -1 : actor.guest.write(world.pick(files), `${Math.floor(world.next() * 1e6)}`);
  },
  stat: (world, actor, fd) => {
    const where = path(world);
    const got = actor.guest.stat(fd, where);
    if (got < 0) return got;
    const ino = actor.guest.statted;
    const shown = (world.rights(actor, ino) & READ) !== 0 || world.shot.chains.has(ino) && world.isOnTheWay(actor, ino, '');
    world.check(shown, `${actor.guest.pid} stat ${fd} ${where} tells of ${ino}`);
    return got;
  },
  list: (world, actor, fd) => {
    const got = actor.guest.list(fd);
    if (typeof got === 'number') return got;
    const dir = world.inoOf(actor, fd);
    for (const name of got) {
      const entry = world.shot.entries.find((one) => one.dir === dir && one.name === name)!;
      const shown = (world.byName(actor, world.shot, dir, name) & READ) !== 0 || (entry.type === FileType.DIRECTORY && world.isOnTheWay(actor, dir, name));
      world.check(shown, `${actor.guest.pid} list ${fd} shows ${name} of ${dir}`);
    }
    return got.length;
  },
  mkdir: (world, actor, fd) => actor.guest.change('mkdir', fd, path(world)),
  rmdir: (world, actor, fd) => actor.guest.change('rmdir', fd, path(world)),
  unlink: (world, actor, fd) => actor.guest.change('unlink', fd, path(world)),
  symlink: (world, actor, fd) => actor.guest.symlink(world.pick(TARGETS), fd, path(world)),
  times: (world, actor, fd) => actor.guest.times(fd, path(world)),
  link: (world, actor, fd) => move(world, actor, fd, 'link'),
  rename: (world, actor, fd) => move(world, actor, fd, 'rename'),
  close: (world, actor) => {
    if (actor.fds.size < 6) return -1;
    const fd = world.pick([...actor.fds.keys()]);
    actor.fds.delete(fd);
    return actor.guest.close(fd);
  },
  token: async (world, actor, fd) => {
    const [to, rights] = [world.pick(world.actors), world.pick([1, 2, 3, 4, 7, 15])];
    const reply = await actor.guest.call({ op: 'token-create', fd, holder: to.guest.pid, rights, lifetime: 1e6 });
    world.log.push(`${actor.guest.pid} token ${fd} ${rights} for ${to.guest.pid}: ${typeof reply === 'number' ? reply : 'made'}`);
    if (typeof reply === 'number') return reply;
    const id = -1 - world.tokens.length;
    const [root, { facts }] = [world.inoOf(actor, fd), actor.fds.get(fd)!];
    world.tokens.push({ bytes: reply.data! as Uint8Array<ArrayBuffer>, by: actor, to, id, used: false, facts: facts.map((fact) => ({ ...fact, root, rights: fact.rights & rights, numbers: [...fact.numbers, id], ever: new Map() })) });
    return 0;
  },
  redeem: async (world) => {
    if (world.tokens.length === 0) return -1;
    const waiting = world.tokens.filter(({ used, to: party }) => !used && world.actors.includes(party));
    const token = world.pick(waiting.length > 0 && world.next() < 0.8 ? waiting : world.tokens);
    const { to, facts } = token;
    const who = world.next() < 0.1 || !world.actors.includes(to) ? world.pick(world.actors) : to;
    const asked = who.guest.vfs.process.handle.grantEpoch;
    const reply = await who.guest.call({ op: 'token-redeem' }, token.bytes);
    if (typeof reply === 'number') return reply;
    const fd = who.guest.vfs.fds.adopt(reply.value as number, asked);
    world.check(who === to && !token.used && !world.dead.has(token.id), `${who.guest.pid} redeemed a token of ${to.guest.pid}`);
    token.used = true;
    const own = facts.map((fact) => ({ ...fact, ever: new Map<number, number>() }));
    remember(own, world.shot, null, () => true);
    // Nobody hands on more than it has, or had when it handed it on: what was moved there since is what is there.
    to.facts.push(...own);
    to.fds.set(fd, { kind: 'dir', facts: own });
    world.log.push(`${to.guest.pid} redeemed ${fd}`);
    return 0;
  },
  untoken: async (world, actor) => {
    if (world.tokens.length === 0 || world.next() < 0.7) return -1;
    const token = world.pick(world.tokens);
    const reply = await actor.guest.call({ op: 'token-revoke' }, token.bytes);
    if (typeof reply === 'number') return reply;
    world.check(token.by === actor, `${actor.guest.pid} revoked a token of ${token.by.guest.pid}`);
    world.dead.add(token.id);
    world.log.push(`${actor.guest.pid} revoked ${token.id}`);
    return 0;
  },
  revoke: async (world, actor) => {
    if (world.next() < 0.9) return -1;
    const numbers = actor.facts.map(({ numbers: [first] }) => first!).filter((number) => number > 0);
    if (numbers.length === 0) return -1;
    const number = world.pick(numbers);
    world.dead.add(number);
    world.log.push(`revoke ${number}`);
    await world.rig.processes.revocation.revoke([number]);
    return 0;
  },
  spawn: async (world, actor) => {
    const isWorn = actor.facts.length === 0 || world.live(actor).length < actor.facts.length / 2;
    if (world.next() < (isWorn ? 0.5 : 0.9)) return -1;
    if (isWorn || world.actors.length >= 8) await world.stop(actor);
    if (world.next() < 0.5 || !world.actors.includes(actor)) await world.start();
    else return world.spawn(actor);
    return 0;
  },
  outside: async (world) => {
    const [from, to] = [world.pick(PLACES), world.pick(PLACES)].map((place) => `${TOP}/${place}/${world.pick(NAMES)}`) as [string, string];
    if (world.next() < 0.5) await world.rig.files.rename(from, to).catch(() => {});
    else if (world.next() < 0.5) await world.rig.files.writeFile(from, new TextEncoder().encode('outside')).catch(() => {});
    else await world.rig.files.mkdir(from).catch(() => {});
    world.log.push(`outside ${from} ${to}`);
    world.settle(null);
    return 0;
  },
};

function move(world: World, actor: Actor, fd: number, what: 'link' | 'rename'): number {
  const [other, from, to] = [directory(world, actor), world.next() < 0.3 ? world.pick(['x', 'y', 'a', 'd', 'a/x']) : path(world), path(world)];
  const got = actor.guest.move(what, fd, from, other, to);
  world.log.push(`${actor.guest.pid} ${what} ${fd} ${from} to ${other} ${to}: ${got}`);
  return got;
}

/** What the facts of the descriptor alone give by a plain name is not refused: the checks do not simply refuse everything. */
function direct(world: World, actor: Actor, fd: number, name: string, flags: number, oflags: number, before: Snapshot): void {
  const dir = world.inoOf(actor, fd);
  const entry = before.entries.find((one) => one.dir === dir && one.name === name);
  if (!entry || entry.type !== FileType.REGULAR_FILE || oflags & 4) return;
  const { facts } = actor.fds.get(fd)!;
  const rights = facts.filter((fact) => world.isLive(fact)).reduce((sum, fact) => sum | covers(fact, before, dir, name), 0);
  const need = (flags & 1 ? READ : 0) | (flags & 2 || oflags & 8 ? WRITE : 0);
  world.check(rights === 0 || (rights & need) !== need, `${actor.guest.pid} was refused ${name} of ${dir}, to which its descriptor ${fd} gives ${rights}`);
}

/** Calls that are likely to find nothing are tried as often as those that do. */
const WHAT = Object.keys(ACTS).flatMap((name) => Array.from({ length: ['open', 'rename', 'link', 'read', 'write', 'redeem'].includes(name) ? 3 : 1 }, () => name));

test.each(SEEDS)('RT1-7 RV1 TK1-5: no sequence of calls gives a process a right that no one granted it (seed %i)', { timeout: 600_000 }, async (seed) => {
  const world = await World.make(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const actor = world.pick(world.actors);
    const what = world.pick(WHAT);
    const got = await ACTS[what]!(world, actor, directory(world, actor));
    world.count(what, got);
    if (what !== 'open' && what !== 'outside') world.settle(actor);
  }
  // It was about something: each was done, and each that needs a right was refused too.
  const seen = (key: string): boolean => (world.done.get(key) ?? 0) > 0;
  for (const what of ['open', 'read', 'write', 'stat', 'list', 'rename', 'link', 'unlink', 'mkdir', 'token', 'redeem', 'revoke']) expect(seen(`${what} done`), `${what} was never done`).toBe(true);
  for (const what of ['open', 'stat', 'rename', 'link', 'unlink', 'mkdir', 'times', 'symlink', 'token']) expect(seen(`${what} refused`), `${what} was never refused`).toBe(true);
  await world.end();
});
