import { InodeFlag } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { hashName, type FollowDirectory, type FollowEntry, type ListedEntry, type Tree, type TreeKeeper } from '../../shared/tree/index.ts';
import type { JournalRecord, Store, StoreHead } from '../contract/index.ts';
import { sameContents, type ListedNode, type Name, type Overlay } from '../storage/index.ts';
import { toFillEntry, type OverlayVolume } from '../volume/index.ts';
import { Touched } from './touched.ts';

export interface StoreFollowerOptions {
  store: Store;
  overlay: Overlay;
  tree: Tree;
  keeper: TreeKeeper;
  volume: OverlayVolume;
  /** Inode of the volume's root. */
  root: number;
  /** Records that were taken over, in order. */
  onRecords(records: readonly JournalRecord[]): void;
}

const ROOT_INO = 1;
/** Records read at a time. */
const PAGE = 4096;
/** Times that everything is read again because the owner wrote meanwhile; then what differs is taken with the next batch. */
const TRIES = 5;

interface Listing {
  root: Awaited<ReturnType<Overlay['listedRoot']>>;
  directories: Map<number, ListedNode[]>;
}

/**
 * Brings tree and shadow of one who only reads to what the owner has committed: rules FO* of SPEC.md. The journal says where to look, the
 * rows say what is there; so it does no harm to look twice, or to see more than was told.
 */
export class StoreFollower {
  readonly #options: StoreFollowerOptions;
  readonly #touched = new Touched();
  #revision: number;
  #seq: number;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(options: StoreFollowerOptions) {
    this.#options = options;
    const { revision, seq } = options.store.head();
    this.#revision = revision;
    this.#seq = seq;
  }

  /** Records up to this one are this tab's own: they are in the tree and in the index. */
  skipTo(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  /** Resolves when what was committed before the call is in the tree. @throws FsError ENOSPC: the arena is full; call again */
  async catchUp(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      await this.#takeOver();
    } while (this.#again);
  }

  async #takeOver(): Promise<void> {
    const { store, overlay } = this.#options;
    for (let tried = 1; ; tried++) {
      const head = await store.refresh();
      if (head.revision === this.#revision && this.#touched.directories.size === 0) return;
      await this.#readJournal(head);
      overlay.take(head);
      const listing = await this.#list();
      const moved = (await store.refresh()).revision !== head.revision;
      if ((moved && tried < TRIES) || this.#wanted().some((ino) => !listing.directories.has(ino))) continue;
      this.#apply(listing);
      this.#revision = head.revision;
      const { records } = this.#touched;
      this.#touched.clear();
      this.#options.onRecords(records);
      this.#again ||= moved;
      return;
    }
  }

  async #readJournal(head: StoreHead): Promise<void> {
    const { store, overlay } = this.#options;
    const parentsOf = (ino: number): number[] => overlay.names(ino).map(({ parent }) => parent);
    while (this.#seq < head.seq) {
      const records = (await store.journal(this.#seq + 1, PAGE)).filter(({ seq }) => seq <= head.seq);
      if (records[0]?.seq !== this.#seq + 1) throw new FsError('ESTALE', 'follow', undefined, { detail: `records from ${this.#seq + 1} on are not kept any more` });
      this.#touched.add(records, parentsOf);
      this.#seq = records.at(-1)!.seq;
    }
  }

  async #list(): Promise<Listing> {
    const { overlay } = this.#options;
    const wanted = this.#wanted();
    const [root, ...lists] = await Promise.all([overlay.listedRoot(), ...wanted.map((ino) => overlay.listed(ino))]);
    return { root, directories: new Map(wanted.map((ino, i) => [ino, lists[i]!])) };
  }

  /** Touched directories whose children are in the tree, or must be now. */
  #wanted(): number[] {
    const { tree } = this.#options;
    const { directories, receivers } = this.#touched;
    return [...directories].filter((ino) => {
      const inode = this.#locate(ino);
      return inode !== 0 && tree.inodes.isDirectory(inode) && (receivers.has(ino) || (tree.inodes.flags(inode) & InodeFlag.POPULATED) !== 0);
    });
  }

  /** The inode with this number by the names that the shadow knows; 0: not in the tree. */
  #locate(ino: number): number {
    const { tree, overlay, root } = this.#options;
    if (ino === ROOT_INO) return root;
    for (const { parent, name } of overlay.names(ino)) {
      const dir = this.#locate(parent);
      if (dir === 0) continue;
      const bytes = new TextEncoder().encode(name);
      tree.lock();
      const dirent = tree.names.lookup(dir, hashName(bytes, 0, bytes.length), bytes, 0, bytes.length);
      const inode = dirent === 0 ? 0 : tree.names.inodeOf(dirent);
      tree.unlock();
      if (inode !== 0 && tree.inodes.ino(inode) === ino) return inode;
    }
    return 0;
  }

  /** Nothing is awaited from here on, so that nobody meets a half of it. */
  #apply({ root, directories }: Listing): void {
    const { keeper, overlay, volume } = this.#options;
    const present = new Map([...directories].map(([ino, entries]) => [ino, isLive(ino, directories, overlay) ? entries : []] as const));
    const inodes = new Map([...present.keys()].map((ino) => [ino, this.#locate(ino)] as const));
    const before = this.#before(present, inodes);
    const changes = [...present].map(([ino, entries]): FollowDirectory => ({ inode: inodes.get(ino)!, entries: entries.map((entry) => followEntry(entry, overlay)) }));
    volume.followed();
    const going = new Set(before.map(placeOf));
    const result = keeper.follower.apply(changes, (ino) => overlay.names(ino).some((name) => !going.has(placeOf(name))));
    if (result < 0) throw new FsError('ENOSPC', 'follow', undefined, { detail: 'the memory shared by all processes is full' });
    keeper.follower.setTimes(this.#options.root, root);
    overlay.relist(root, before, present);
  }

  /** The names that are in these directories, and below those that are gone. */
  #before(present: ReadonlyMap<number, readonly ListedNode[]>, inodes: ReadonlyMap<number, number>): (Name & { ino: number })[] {
    const { tree } = this.#options;
    const placed = new Set([...present.values()].flatMap((entries) => entries.map(({ record }) => record.ino)));
    const before: (Name & { ino: number })[] = [];
    const queue = [...present.keys()].map((ino) => [ino, inodes.get(ino)!] as const);
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [parent, dir] = next;
      const entries: ListedEntry[] | number = tree.list(dir, 0, Infinity);
      if (typeof entries === 'number') continue;
      for (const { name, inode } of entries) {
        const ino = tree.inodes.ino(inode);
        before.push({ parent, name: new TextDecoder().decode(name), ino });
        if (tree.inodes.isDirectory(inode) && !placed.has(ino) && !present.has(ino)) queue.push([ino, inode]);
      }
    }
    return before;
  }
}

const placeOf = ({ parent, name }: Name): string => `${parent}/${name}`;

/** Whether a directory is still there: what the rows of one that is gone say means nothing. */
function isLive(ino: number, directories: ReadonlyMap<number, readonly ListedNode[]>, overlay: Overlay): boolean {
  const holders = new Map<number, number>();
  for (const [parent, entries] of directories) for (const { record } of entries) if (record.kind === 'directory') holders.set(record.ino, parent);
  for (let at = ino, steps = 0; at !== ROOT_INO; steps++) {
    const known = overlay.names(at)[0]?.parent;
    const above = holders.get(at) ?? (known !== undefined && directories.has(known) ? undefined : known);
    if (above === undefined || steps > 4096) return false;
    at = above;
  }
  return true;
}

function followEntry(entry: ListedNode, overlay: Overlay): FollowEntry {
  const { record } = entry;
  const known = overlay.record(record.ino);
  return { ...toFillEntry(entry), stale: record.kind === 'file' && (!known || !sameContents(known, record)) };
}
