import { expect, it } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { Random } from '../../shared/testing/random.ts';
import type { Node } from '../contract/index.ts';
import { MemoryDisk } from '../storage/index.ts';
import { makeTab, readAll, seen, type Seen, type Tab } from './testing/follow-rig.ts';

const NAMES = ['a', 'b', 'c', 'file', 'shipped', 'x', 'y'];
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Random changes in the owner's tree; what cannot be done is not. */
class Owner {
  readonly log: string[] = [];
  readonly #random: Random;
  readonly tab: Tab;

  constructor(random: Random, tab: Tab) {
    this.#random = random;
    this.tab = tab;
  }

  async step(): Promise<void> {
    const { service } = this.tab;
    const random = this.#random;
    const [dir, to] = [await this.#directory(), await this.#directory()];
    const [name, other] = [random.pick(NAMES), random.pick(NAMES)];
    const dice = random.below(20);
    this.log.push(`${dice} ${service.stat(dir).ino}/${name} ${service.stat(to).ino}/${other}`);
    try {
      if (dice < 3) await service.create(dir, name);
      else if (dice < 6) await service.mkdir(dir, name);
      else if (dice < 7) await service.symlink(dir, name, other);
      else if (dice < 8) await service.link(to, other, await service.lookup(dir, name));
      else if (dice < 10) await service.unlink(dir, name);
      else if (dice < 11) await this.#remove(dir, name);
      else if (dice < 15) await service.rename(dir, name, to, other);
      else if (dice < 16) await service.truncate(await service.lookup(dir, name), random.below(100_000));
      else if (dice < 17) await service.setTimes(await service.lookup(dir, name), 5n, BigInt(random.below(1e9)));
      else await this.#write(await service.lookup(dir, name));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }

  async #directory(): Promise<Node> {
    const { service } = this.tab;
    let at = service.root();
    while (this.#random.chance(0.6)) {
      const below = (await service.readdir(at, 0, 100)).filter(({ kind }) => kind === 'directory');
      if (below.length === 0) return at;
      at = this.#random.pick(below).node;
    }
    return at;
  }

  async #write(node: Node): Promise<void> {
    const data = this.#random.bytes(1 + this.#random.below(this.#random.chance(0.2) ? 150_000 : 500));
    for (let done = 0, at = this.#random.below(1000); done < data.length;) done += await this.tab.service.write(node, at + done, data.subarray(done));
  }

  /** With all that is below it. */
  async #remove(dir: Node, name: string): Promise<void> {
    const { service } = this.tab;
    const node = await service.lookup(dir, name);
    for (const entry of await service.readdir(node, 0, 1000)) {
      if (entry.kind === 'directory') await this.#remove(node, entry.name);
      else await service.unlink(node, entry.name);
    }
    await service.rmdir(dir, name);
  }
}

/** Files that the follower has open, with what they held when they were last compared. */
class Opened {
  readonly #files = new Map<Node, { ino: number; bytes: Uint8Array }>();

  async open(tab: Tab, random: Random, now: ReadonlyMap<string, Seen>): Promise<void> {
    const files = [...now.values()].filter(({ kind, node }) => kind === 'file' && !this.#files.has(node));
    if (files.length === 0 || this.#files.size > 6) return;
    const { node, ino } = random.pick(files);
    tab.service.retain(node);
    this.#files.set(node, { ino, bytes: await readAll(tab.service, node) });
  }

  async check(owner: Tab, follower: Tab): Promise<void> {
    const byIno = new Map([...(await seen(owner.service)).values()].map((entry) => [entry.ino, entry]));
    for (const [node, file] of this.#files) {
      // What was moved to where the follower never looked is nameless for it, and stays as it was.
      const present = follower.service.stat(node).nlink > 0 ? byIno.get(file.ino) : undefined;
      if (present) file.bytes = await readAll(owner.service, present.node);
      expect(same(await readAll(follower.service, node), file.bytes), `open file ${file.ino}, ${present ? 'named' : 'nameless'}`).toBe(true);
    }
  }

  close(tab: Tab): void {
    for (const node of this.#files.keys()) tab.service.release(node);
    this.#files.clear();
  }
}

/** Names, kinds, numbers, links and times are the owner's; origins are those that a session over the same store starts with. */
async function expectSame(disk: MemoryDisk, owner: Tab, follower: Tab, contents: boolean): Promise<Map<string, Seen>> {
  const [wanted, got] = [await seen(owner.service), await seen(follower.service)];
  const plain = (all: Map<string, Seen>): unknown[] => [...all].map(([path, entry]) => [path, { ...entry, node: 0, origin: '' }]).sort();
  expect(plain(got)).toEqual(plain(wanted));
  // A node with several names has one origin, that of the name which was met first.
  const origins = (all: Map<string, Seen>): unknown[] => [...all].flatMap(([path, { origin, nlink }]) => (path === '' || nlink > 1 ? [] : [[path, origin]])).sort();
  expect(origins(got)).toEqual(origins(await seen((await makeTab(disk, true)).service)));
  for (const [path, { kind, node }] of contents ? wanted : []) {
    if (kind === 'file') expect(same(await readAll(follower.service, got.get(path)!.node), await readAll(owner.service, node)), path).toBe(true);
  }
  return got;
}

const SEEDS = process.env['FOLLOW_SEED'] ? [Number(process.env['FOLLOW_SEED'])] : [1, 2, 3, 4, 52];

for (const seed of SEEDS) {
  it(`FO1 FO2 a follower's tree is the owner's after each batch, whatever of it was read and is open, seed ${seed}`, async () => {
    const random = new Random(seed);
    const disk = new MemoryDisk();
    const tab = await makeTab(disk, false);
    const owner = new Owner(random, tab);
    const follower = await makeTab(disk, true);
    const opened = new Opened();
    try {
      for (let batch = 0; batch < 60; batch++) {
        for (let step = random.below(12); step >= 0; step--) await owner.step();
        await tab.journal.sync();
        if (random.chance(0.3)) continue;
        await follower.follower.catchUp();
        await opened.check(tab, follower);
        // Not always all of it, so that much is never read, or read late.
        if (random.chance(0.3)) await opened.open(follower, random, await expectSame(disk, tab, follower, random.chance(0.5)));
        expect([...follower.check(), ...follower.faults]).toEqual([]);
      }
      await follower.follower.catchUp();
      await expectSame(disk, tab, follower, true);
      opened.close(follower);
      expect(follower.records.map(({ seq }) => seq)).toEqual(Array.from({ length: follower.store.head().seq }, (_, i) => i + 1));
    } catch (error) {
      throw new Error(`seed ${seed}, after:\n${owner.log.slice(-40).join('\n')}`, { cause: error });
    }
    await tab.journal.close();
  });
}

for (const seed of [21, 22]) {
  it(`FO3 it reads and follows while the owner goes on, and ends at the same tree, seed ${seed}`, async () => {
    const random = new Random(seed);
    const disk = new MemoryDisk();
    const tab = await makeTab(disk, false);
    const owner = new Owner(random, tab);
    const follower = await makeTab(disk, true);
    let done = false;
    const following = (async () => {
      while (!done) {
        await Promise.all([follower.follower.catchUp(), seen(follower.service).catch((error: unknown) => {
          if (!(error instanceof FsError)) throw error;
        })]);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let step = 0; step < 500; step++) {
      await owner.step();
      if (step % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await tab.journal.sync();
    done = true;
    await following;
    await follower.follower.catchUp();
    await expectSame(disk, tab, follower, true);
    expect([...follower.check(), ...follower.faults]).toEqual([]);
    await tab.journal.close();
  });
}
