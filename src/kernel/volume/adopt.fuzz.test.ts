import { expect, it } from 'vitest';
import { Arena, KERNEL_PCB, ProcessHandle } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { checkTree, Tree, TreeKeeper } from '../../shared/tree/index.ts';
import { Random } from '../../shared/testing/random.ts';
import type { FileContents, Node } from '../contract/index.ts';
import { TreeService } from '../services/tree/index.ts';
import { createHasher, JournalWriter, ManifestBaseLayer, MemoryDisk, MemoryStore, Overlay } from '../storage/index.ts';
import { OverlayVolume } from './index.ts';

const hasher = await createHasher();
const SHIPPED = Uint8Array.from({ length: 65536 * 2 + 321 }, (_, at) => at * 13);
const NAMES = Array.from({ length: 7 }, (_, at) => `n${at}`);
const BLOCK = 65536;

/** A volume with all that is below it, over a disk that outlives it. */
async function makeMachine(disk: MemoryDisk) {
  const arena = Arena.create({ pages: 256, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  const root = keeper.format(1);
  const base = new ManifestBaseLayer({ version: 1, entries: [{ path: '/shipped', kind: 'file', size: SHIPPED.length, url: 'x' }] }, { fetchBytes: async () => SHIPPED, sha256: async () => '' });
  const faults: string[] = [];
  const store = new MemoryStore(disk);
  const overlay = new Overlay({ store, base, hasher, yield: async () => undefined, onFault: (fault) => faults.push(fault) });
  const { head } = await overlay.open();
  keeper.nextIno = head.nextIno;
  const volume = new OverlayVolume(tree, keeper, overlay);
  const journal = new JournalWriter({ overlay, store, source: volume, groupDelay: 1 });
  const service = new TreeService({
    name: 'tree', dev: 1, tree, root, resolve: (inode, block) => volume.resolve(inode, block),
    contents: { of: (inode) => volume.contents(inode, () => journal.folded()), adopt: (inode, contents, patient) => volume.adopt(inode, contents, patient) },
  });
  return { arena, tree, keeper, root, store, overlay, journal, service, faults };
}

type Machine = Awaited<ReturnType<typeof makeMachine>>;
interface File { bytes: Uint8Array }

async function read(service: TreeService, node: Node): Promise<Uint8Array> {
  const { size } = service.stat(node);
  const whole = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const part = await service.read(node, at, 1 << 20);
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const expectSame = (got: Uint8Array, wanted: Uint8Array): void => expect(Buffer.compare(got, wanted) === 0, `${got.length} bytes, ${wanted.length} wanted`).toBe(true);

/** Random changes of a flat directory, and the same in a map. */
class Run {
  readonly log: string[] = [];
  readonly #random: Random;
  files = new Map<string, File>();
  machine!: Machine;
  readonly #opened = new Map<Node, File>();

  constructor(seed: number, readonly disk: MemoryDisk) {
    this.#random = new Random(seed);
  }

  async reopen(): Promise<void> {
    for (const node of this.#opened.keys()) this.machine.service.release(node);
    this.#opened.clear();
    if (this.machine as Machine | undefined) await this.machine.journal.close();
    this.machine = await makeMachine(this.disk);
  }

  async #node(name: string): Promise<Node> {
    return this.machine.service.lookup(this.machine.service.root(), name);
  }

  async step(): Promise<void> {
    const random = this.#random;
    const { service, journal } = this.machine;
    const root = service.root();
    const [name, other] = [random.pick(NAMES), random.pick(NAMES)];
    const file = this.files.get(name);
    const dice = random.below(20);
    this.log.push(`${dice} ${name} ${other}`);
    if (!file) {
      if (dice < 6) this.#copied(name, await service.clone(await this.#node('shipped'), root, name), SHIPPED);
      else if (dice < 12) this.#copied(name, await service.create(root, name), new Uint8Array(0));
      return;
    }
    const node = await this.#node(name);
    if (dice < 5) await this.#write(node, file);
    else if (dice < 7) {
      const size = random.below(random.chance(0.3) ? 1 : 300_000);
      await service.truncate(node, size);
      const cut = new Uint8Array(size);
      cut.set(file.bytes.subarray(0, size));
      file.bytes = cut;
    } else if (dice < 10 && !this.files.has(other)) this.#copied(other, await service.clone(node, root, other), file.bytes);
    else if (dice < 13 && this.files.has(other) && this.files.get(other) !== file) await this.#replace(node, file, other);
    else if (dice === 13) {
      await service.unlink(root, name);
      this.files.delete(name);
    } else if (dice === 14 && !this.files.has(other)) {
      await service.link(root, other, node);
      this.files.set(other, file);
    } else if (dice === 15 && name !== other) await this.#rename(name, other, file);
    else if (dice === 16 && !this.#opened.has(node)) {
      service.retain(node);
      this.#opened.set(node, file);
    } else if (dice === 17) await journal.sync();
    else if (dice === 18) this.#evict();
    else expectSame(await read(service, node), file.bytes);
  }

  #copied(name: string, node: Node | undefined, bytes: Uint8Array): void {
    expect(node).toBeGreaterThan(0);
    this.files.set(name, { bytes });
  }

  async #write(node: Node, file: File): Promise<void> {
    const random = this.#random;
    const at = random.below(file.bytes.length + (random.chance(0.2) ? 90_000 : 1));
    const data = random.bytes(1 + random.below(random.chance(0.3) ? 150_000 : 900));
    for (let done = 0; done < data.length;) done += await this.machine.service.write(node, at + done, data.subarray(done));
    const bytes = new Uint8Array(Math.max(file.bytes.length, at + data.length));
    bytes.set(file.bytes);
    bytes.set(data, at);
    file.bytes = bytes;
  }

  async #replace(node: Node, file: File, other: string): Promise<void> {
    const { service } = this.machine;
    const contents = await service.contents(await this.#node(other));
    // What the source becomes after it was asked for is nothing to the copy.
    if (this.#random.chance(0.3)) {
      const source = this.files.get(other)!;
      const before = source.bytes;
      await this.#write(await this.#node(other), source);
      await service.replace(node, contents);
      file.bytes = before;
    } else {
      await service.replace(node, contents, { mtime: 5_000_000_123n });
      file.bytes = this.files.get(other)!.bytes;
      expect(service.stat(node).mtime).toBe(5_000_000_123n);
    }
  }

  async #rename(name: string, other: string, file: File): Promise<void> {
    const root = this.machine.service.root();
    await this.machine.service.rename(root, name, root, other);
    if (this.files.get(other) === file) return;
    this.files.delete(name);
    this.files.set(other, file);
  }

  #evict(): void {
    const { arena, keeper } = this.machine;
    const inodes: number[] = [];
    arena.forEachAllocation((address, _bytes, kind) => void (kind === 'inode' && inodes.push(address)));
    for (const inode of inodes) keeper.evict(inode);
  }

  async check(): Promise<void> {
    const { service, faults, tree, root } = this.machine;
    for (const [name, file] of this.files) expectSame(await read(service, await this.#node(name)), file.bytes);
    for (const [node, file] of this.#opened) expectSame(await read(service, node), file.bytes);
    expect((await service.readdir(service.root(), 0, 100)).map(({ name }) => name).sort()).toEqual(['shipped', ...this.files.keys()].sort());
    expect(faults).toEqual([]);
    expect(checkTree(tree, [root]).faults).toEqual([]);
  }
}

it.for(Array.from({ length: Number(process.env['FUZZ_SEEDS'] ?? 6) }, (_, at) => at + Number(process.env['FUZZ_FROM'] ?? 1)))('OV15 what is copied by reference is what the source was, whoever writes where, also after reopening: seed %i', { timeout: 60_000 }, async (seed) => {
  const run = new Run(seed, new MemoryDisk());
  await run.reopen();
  try {
    for (let step = 1; step <= 400; step++) {
      await run.step();
      if (step % 50 === 0) await run.check();
      if (step % 130 === 0) {
        await run.reopen();
        await run.check();
      }
    }
  } catch (error) {
    console.error(run.log.slice(-40).join('\n'));
    throw error;
  }
  await run.machine.journal.close();
});

/** The contents before a record, from those after it. */
function undone(contents: FileContents, blocks: readonly { index: number; before: unknown }[], size: number): unknown[] {
  const chunks: unknown[] = [...(contents.chunks ?? [])];
  for (const { index, before } of blocks) chunks[index] = before;
  return Array.from({ length: Math.ceil(size / BLOCK) }, (_, index) => chunks[index] ?? null);
}

it('OV15 JO2 the journal tells which blocks an adoption replaced, so that they can be brought back', async () => {
  const { service, journal, overlay, store } = await makeMachine(new MemoryDisk());
  const root = service.root();
  const a = await service.create(root, 'a');
  await service.write(a, 0, new Uint8Array(3 * BLOCK).fill(1));
  const b = await service.as(77).create(root, 'b');
  await service.write(b, 0, new Uint8Array(10).fill(2));
  await journal.sync();
  const { ino } = service.stat(a);
  const before = overlay.contents(ino)!;
  await service.as(4711).replace(a, await service.contents(b));
  await service.write(a, 10, Uint8Array.of(3));
  await journal.sync();
  const last = (await store.journal(1, 100)).at(-1)!;
  expect(last).toMatchObject({ op: 'write', path: '/a', pid: 4711, before: { size: 3 * BLOCK }, after: { size: 11 } });
  expect(undone(overlay.contents(ino)!, last.blocks!, last.before!.size)).toEqual(before.chunks);
  expect([...await read(service, a)]).toEqual([...Array<number>(10).fill(2), 3]);
  await journal.close();
});

it('OV15 a file that loses its name in the batch that gave it contents can still be read by who has it open', async () => {
  const { service, journal, tree, root: top } = await makeMachine(new MemoryDisk());
  const root = service.root();
  const copy = (await service.clone(await service.lookup(root, 'shipped'), root, 'copy'))!;
  service.retain(copy);
  await service.unlink(root, 'copy');
  await journal.sync();
  expectSame(await read(service, copy), SHIPPED);
  service.release(copy);
  await journal.sync();
  expect(checkTree(tree, [top]).faults).toEqual([]);
  await journal.close();
});

it('OV15 a kill before the commit leaves nothing of it', async () => {
  const disk = new MemoryDisk();
  const first = await makeMachine(disk);
  const root = first.service.root();
  await first.service.clone(await first.service.lookup(root, 'shipped'), root, 'kept');
  await first.journal.sync();
  await first.service.clone(await first.service.lookup(root, 'shipped'), root, 'lost');
  const kept = await first.service.lookup(root, 'kept');
  await first.service.replace(kept, { size: 0 });
  first.journal.dispose();
  const second = await makeMachine(disk);
  expectSame(await read(second.service, await second.service.lookup(second.service.root(), 'kept')), SHIPPED);
  await expect((async () => second.service.lookup(second.service.root(), 'lost'))()).rejects.toBeInstanceOf(FsError);
  await second.journal.close();
});
