import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FileType } from '../shared/abi/index.ts';
import { OfdFlag, OfdKind } from '../shared/arena/index.ts';
import { Errno } from '../shared/base/index.ts';
import { covers, remember, type Snapshot } from './authority-model.ts';
import { DELETE, NAMES, PLACES, READ, TOP, World, WRITE, type Actor } from './authority-world.ts';

const TARGETS = ['s', 'x/s', '../b/s', '../c', 'f.txt', '..', 'd', 'none', '../a/x/../g.csv'];
const SEEDS = process.env['TORTURE_SEED'] ? [Number(process.env['TORTURE_SEED'])] : (JSON.parse(readFileSync(new URL('./authority-seeds.json', import.meta.url), 'utf8')) as { files: number[] }).files;
const ROUNDS = process.env['TORTURE_SECONDS'] ? 400 * Number(process.env['TORTURE_SECONDS']) : 2000;

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
  const { facts } = actor.fds.get(from)!;
  if (files.kind(table.get(fd)) === OfdKind.FILE) {
    const by = facts.filter((fact) => world.isLive(fact) && (fact.ever.get(ino) ?? 0) !== 0);
    const may = world.rights(actor, ino);
    world.check((flags & OfdFlag.READ ? may & READ : 1) !== 0 && (flags & OfdFlag.WRITE ? may & WRITE : 1) !== 0, `${actor.guest.pid} opened ${ino} with ${flags}`);
    actor.fds.set(fd, { kind: 'file', ino, facts: by });
    return;
  }
  // A directory that is open is what it is, wherever it is moved; below globs it has to stay where they are.
  const own = facts.map((fact) => ({ ...fact, given: false, root: ino, ...(fact.pattern === null && { base: ino }), rights: fact.rights & ~withhold, ever: new Map([...fact.ever].map(([node, rights]): [number, number] => [node, rights & ~withhold])) }));
  actor.fds.set(fd, { kind: 'dir', ino, facts: own });
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
    const { ino: root, facts } = actor.fds.get(fd)!;
    world.tokens.push({ bytes: reply.data! as Uint8Array<ArrayBuffer>, by: actor, to, id, used: false, facts: facts.map((fact) => ({ ...fact, given: false, root, rights: fact.rights & rights, numbers: [...fact.numbers, id], ever: new Map() })) });
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
    to.fds.set(fd, { kind: 'dir', ino: own[0]?.root ?? -1, facts: own });
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
    const numbers = world.factsOf(actor).map(({ numbers: [first] }) => first!).filter((number) => number > 0);
    if (numbers.length === 0) return -1;
    const number = world.pick(numbers);
    world.dead.add(number);
    world.log.push(`revoke ${number}`);
    await world.rig.processes.revocation.revoke([number]);
    return 0;
  },
  spawn: async (world, actor) => {
    const isWorn = world.live(actor).length <= world.factsOf(actor).length / 2;
    if (world.next() < (isWorn ? 0.5 : 0.9)) return -1;
    if (isWorn || world.actors.length >= 8) await world.stop(actor);
    if (world.next() < 0.5 || !world.actors.includes(actor)) await world.start();
    else return world.spawn(actor);
    return 0;
  },
  outside: async (world) => {
    const [from, to] = [world.pick(PLACES), world.pick(PLACES)].map((place) => `${TOP}/${place}/${world.pick(NAMES)}`) as [string, string];
    const what = world.next();
    if (what < 0.5) await world.rig.files.rename(from, to).catch(() => {});
    else if (what < 0.75) await world.rig.files.writeFile(from, new TextEncoder().encode('outside')).catch(() => {});
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

/** How often each came to what, in all seeds. */
const done = new Map<string, number>();

test.each(SEEDS)('RT1-7 RV1 TK1-5: no sequence of calls gives a process a right that no one granted it (seed %i)', { timeout: 600_000 }, async (seed) => {
  const world = await World.make(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const actor = world.pick(world.actors);
    const what = world.pick(WHAT);
    const got = await ACTS[what]!(world, actor, directory(world, actor));
    world.count(what, got);
    if (what !== 'open' && what !== 'outside') world.settle(actor);
  }
  for (const [what, times] of world.done) done.set(what, (done.get(what) ?? 0) + times);
  await world.end();
});

test('all of it was done, and what needs a right was refused too', () => {
  for (const what of ['open', 'read', 'write', 'stat', 'list', 'rename', 'link', 'unlink', 'mkdir', 'times', 'symlink', 'token', 'redeem', 'untoken', 'revoke', 'spawn']) expect(done.get(`${what} done`) ?? 0, `${what} done`).toBeGreaterThan(2);
  for (const what of ['open', 'read', 'stat', 'list', 'rename', 'link', 'unlink', 'mkdir', 'times', 'symlink', 'token', 'redeem']) expect(done.get(`${what} refused`) ?? 0, `${what} refused`).toBeGreaterThan(2);
});
