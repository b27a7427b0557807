import { Arena, KERNEL_PCB, ProcessHandle, tickCoarse } from '../../../shared/arena/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { checkTree, Tree, TreeKeeper } from '../../../shared/tree/index.ts';
import type { Random } from '../../../shared/testing/random.ts';
import { History, JournalIndex, readFile, Retention } from '../../history/index.ts';
import type { TreeView } from '../../contract/index.ts';
import { TreeService } from '../../services/tree/index.ts';
import { createHasher, JournalWriter, Layers, ManifestBaseLayer, MemoryDisk, MemoryStore, Overlay, Runs } from '../../storage/index.ts';
import { OverlayVolume } from '../../volume/index.ts';
import { TimeTravel } from '../index.ts';

const hasher = await createHasher();
const shipped: Record<string, Uint8Array> = {
  '/a/shipped': Uint8Array.from({ length: 65_536 + 100 }, (_, at) => at * 13),
  '/b/deep/er/text': new TextEncoder().encode('one\ntwo\nthree\n'),
};

/** The workspace's live tree with its history, over a disk that outlives it. */
export async function openRig(disk = new MemoryDisk(), pages: { page?: number; keep?: number } = { page: 32, keep: 4 }) {
  const arena = Arena.create({ pages: 512, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  const root = keeper.format(1);
  const base = new ManifestBaseLayer(
    { version: 1, entries: Object.entries(shipped).map(([path, bytes]) => ({ path, kind: 'file' as const, size: bytes.length, url: path, mtime: 1 })) },
    { fetchBytes: async ({ path }) => shipped[path]!, sha256: async () => '' },
  );
  const faults: string[] = [];
  const store = new MemoryStore(disk);
  const head = await store.open();
  let now = 1_000_000_000;
  const tick = (): void => tickCoarse(arena, (now += 1_000_000));
  const runs = new Runs({ next: head.nextRun, now: () => now / 1e6 });
  const index = new JournalIndex({ read: (from, limit) => store.journal(from, limit), yield: async () => {}, last: head.seq, oldest: head.oldest, ...pages });
  const overlay = new Overlay({ store, base, hasher, yield: async () => {}, runs, onFault: (fault) => faults.push(fault), onPrepared: (records) => index.add(records) });
  await overlay.open(head);
  keeper.nextIno = head.nextIno;
  const volume = new OverlayVolume(tree, keeper, overlay);
  const journal = new JournalWriter({ overlay, store, source: volume, groupDelay: 1 });
  journal.onCommitted((committed) => index.committed(committed.at(-1)?.seq ?? 0));
  const service = new TreeService({
    name: 'tree', dev: 1, tree, root, resolve: (inode, block) => volume.resolve(inode, block),
    contents: { of: (inode) => volume.contents(inode, () => journal.folded()), adopt: (inode, contents, patient) => volume.adopt(inode, contents, patient) },
  });
  const settle = (durable: boolean): Promise<void> => (durable ? journal.sync() : journal.folded());
  const history = new History({ index, present: overlay, store, runs, settle, now: () => 0, yield: async () => {}, between: (action) => journal.between(action) });
  const travel = new TimeTravel({ history, service, runs, settle });
  const layers = new Layers({ store, overlay, base: overlay.base, between: (action) => journal.between(action), now: () => 0 });
  const clock = { ms: 1_000_000 };
  const retention = new Retention({
    index, store, chunks: overlay.chunks, loose: () => overlay.adoptedRefs(), between: (action) => journal.between(action), pins: () => travel.held(),
    now: () => now / 1e6 + clock.ms, yield: () => new Promise((resolve) => void setImmediate(resolve)),
  });
  /** Changes in the name of a run of their own; returns it. */
  const act = async (work: (service: TreeService) => Promise<void>): Promise<number> => {
    tick();
    const { run, pid } = runs.act('merge', 'work');
    await work(service.as(pid));
    await settle(false);
    runs.end(pid);
    tick();
    return run;
  };
  /** Changes in the name of a program that another may have started; returns its process number. It does not end. */
  const program = async (ppid: number, work?: (service: TreeService) => Promise<void>): Promise<number> => {
    tick();
    const pid = runs.nextPid();
    runs.begin(pid, { name: `program ${pid}`, args: [], started: now / 1e6, ppid });
    await work?.(service.as(pid));
    await settle(false);
    return pid;
  };
  const check = (): string[] => [...faults, ...checkTree(tree, [root]).faults.filter((fault) => !fault.endsWith('reached by nothing'))];
  return { disk, store, service, history, layers, travel, retention, clock, journal, overlay, index, runs, act, program, settle, tick, check };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;

/** Every path but the root, with kind, contents, and for files the time of change and which other names they have. */
export async function shown(service: TreeService): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const first = new Map<number, string>();
  const visit = async (dir: number, path: string): Promise<void> => {
    for (const { name, node } of (await service.readdir(dir, 0, 10_000)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = `${path}/${name}`;
      const { kind, ino, mtime, size } = await service.stat(node);
      if (kind === 'directory') {
        found.set(at, kind);
        await visit(node, at);
      } else if (kind === 'symlink') found.set(at, `link ${await service.readlink(node)}`);
      else {
        const bytes = new Uint8Array(size);
        for (let done = 0; done < size;) {
          const part = await service.read(node, done, 1 << 20);
          bytes.set(part, done);
          done += part.length;
        }
        if (!first.has(ino)) first.set(ino, at);
        found.set(at, `file ${size} ${hasher.hash(bytes).slice(0, 12)} ${mtime} ${first.get(ino)}`);
      }
    }
  };
  await visit(service.root(), '');
  return found;
}

/** As `shown`, of a view. */
export async function shownView(view: TreeView): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const first = new Map<number, string>();
  const visit = async (dir: number, path: string): Promise<void> => {
    for (const { name, record } of [...(await view.entries(dir))].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = `${path}/${name}`;
      if (record.kind === 'directory') {
        found.set(at, record.kind);
        await visit(record.ino, at);
      } else if (record.kind === 'symlink') found.set(at, `link ${record.target}`);
      else {
        if (!first.has(record.ino)) first.set(record.ino, at);
        found.set(at, `file ${record.size} ${hasher.hash(await readFile(view, record, 1 << 30)).slice(0, 12)} ${record.mtime} ${first.get(record.ino)}`);
      }
    }
  };
  await visit((await view.root()).ino, '');
  return found;
}

export async function find(service: TreeService, path: string): Promise<number> {
  let node = service.root();
  for (const name of path.split('/')) if (name !== '') node = await service.lookup(node, name);
  return node;
}

/** A few random changes below a directory; those that cannot be are left out. `blocks`: how big files get. */
export async function scramble(service: TreeService, random: Random, top: string, steps: number, blocks: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    try {
      await change(service, random, top, blocks);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }
}

async function change(service: TreeService, random: Random, top: string, blocks: number): Promise<void> {
  const below = [...(await shown(service))].filter(([path]) => path.startsWith(`${top}/`));
  const directories = [top, ...below.filter(([, what]) => what === 'directory').map(([path]) => path)];
  const files = below.filter(([, what]) => what.startsWith('file')).map(([path]) => path);
  const dir = await find(service, random.pick(directories));
  const name = `n${random.below(5)}`;
  const any = below.length > 0 ? random.pick(below)[0] : undefined;
  const split = (path: string): [string, string] => [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  const bytes = (): Uint8Array => Uint8Array.from({ length: 1 + random.below(blocks * 50_000) }, (_, at) => (at % 97 === 0 ? 0 : random.below(255)));
  switch (random.below(10)) {
    case 0: case 1: await service.write(await service.create(dir, name), 0, bytes()); break;
    case 2: await service.mkdir(dir, name); break;
    case 3: await service.symlink(dir, name, `to ${random.below(9)}`); break;
    case 4: if (files.length > 0) await service.link(dir, name, await find(service, random.pick(files))); break;
    case 5: {
      if (!any) break;
      const [parent, last] = split(any);
      const from = await find(service, parent);
      if ((await service.stat(await service.lookup(from, last))).kind === 'directory') await service.rmdir(from, last);
      else await service.unlink(from, last);
      break;
    }
    case 6: case 7: {
      if (!any) break;
      const [parent, last] = split(any);
      await service.rename(await find(service, parent), last, dir, random.below(3) === 0 ? last : name);
      break;
    }
    case 8: if (files.length > 0) await service.write(await find(service, random.pick(files)), random.below(blocks * 40_000), bytes()); break;
    case 9: if (files.length > 0) await service.truncate(await find(service, random.pick(files)), random.below(blocks * 40_000)); break;
  }
}
