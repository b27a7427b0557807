import { FileType } from '../abi/index.ts';
import { Arena, BufferWindow, Header, Inode, KERNEL_PCB, MountKind, ProcessHandle, type ArenaOptions } from '../arena/index.ts';
import { checkTree, MISS, OpenFlag, Tree, TreeKeeper, WAIT, type CheckReport, type ListedEntry } from '../tree/index.ts';
import { describeNode } from './model-tree.ts';
import { NaiveStore } from './naive-store.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** A tree in an arena with a naive store below it: one worker plays process and kernel. Operations take strings. */
export class TreeRig {
  readonly arena: Arena;
  readonly tree: Tree;
  readonly keeper: TreeKeeper;
  readonly root: number;
  readonly store: NaiveStore;
  readonly window: BufferWindow;
  readonly volumes: number[];
  /** Called before each batch is taken. */
  onCut: () => void = () => undefined;
  #namespace = 0;

  /** `store`: what an earlier rig left behind. */
  constructor(options: ArenaOptions = {}, store = new NaiveStore()) {
    this.arena = Arena.create({ pages: 128, journalBytes: 1 << 16, ...options });
    this.tree = new Tree(this.arena, new ProcessHandle(this.arena, KERNEL_PCB));
    this.keeper = new TreeKeeper(this.tree);
    this.root = this.keeper.format(1);
    this.store = store;
    this.keeper.nextIno = store.maxIno + 1;
    this.window = new BufferWindow(this.arena);
    this.volumes = [this.root];
  }

  /** One whose root is populated. */
  static ready(): TreeRig {
    const rig = new TreeRig();
    rig.walk('x');
    return rig;
  }

  /** A closed file with these contents (its name, by default). */
  put(path: string, bytes = bytesOf(path)): number {
    const inode = this.open(path, OpenFlag.CREATE | OpenFlag.TRUNCATE);
    if (this.write(inode, 0, bytes) !== bytes.length) throw new Error(`${path} could not be written`);
    this.close(inode);
    return inode;
  }

  /** A volatile volume over the directory at `path`. */
  mountVolatile(path: string): number {
    const mountpoint = this.walk(path);
    const root = this.keeper.makeVolume(2, { volatile: true });
    this.#namespace = this.keeper.namespaces.make([{ slot: 1, mountpoint, kind: MountKind.TREE, target: root, outer: 0 }]);
    this.tree.process.namespace = this.#namespace;
    this.volumes.push(root);
    return root;
  }

  /** Resolves misses and waits, until the result is the operation's. */
  again(operation: () => number): number {
    for (let tries = 0; tries < 100; tries++) {
      const result = operation();
      if (result === MISS) this.resolve();
      else if (result === WAIT) this.cut();
      else return result;
    }
    throw new Error('an operation does not get on');
  }

  resolve(): void {
    const { missInode, missBlock, inodes } = this.tree;
    const ino = inodes.ino(missInode);
    const result = missBlock < 0 ? this.keeper.fill(missInode, this.store.populate(ino)) : this.keeper.install(missInode, missBlock, this.store.block(ino, missBlock));
    if (result !== 0) throw new Error(`the arena is full: ${result}`);
  }

  /** Takes a batch into the store. */
  cut(): void {
    this.onCut();
    const cut = this.keeper.cut();
    if (!cut) return;
    this.store.apply(cut);
    this.tree.journal.setDurable(cut.position);
    this.keeper.settle(cut.dirty);
  }

  walk(path: string, follow = true, start = this.root, confine = 0): number {
    const name = bytesOf(path);
    return this.again(() => this.tree.walk(start, confine, name, 0, name.length, follow));
  }

  /** `flags`: OpenFlag. */
  open(path: string, flags = 0, write = true, follow = true, start = this.root, confine = 0): number {
    const name = bytesOf(path);
    return this.again(() => this.tree.openAt(start, confine, name, 0, name.length, flags, write, follow));
  }

  close(inode: number): void {
    this.tree.release(inode);
  }

  mkdir(path: string, start = this.root, confine = 0): number {
    const name = bytesOf(path);
    return this.again(() => this.tree.ops.mkdirAt(start, confine, name, 0, name.length));
  }

  rmdir(path: string, start = this.root, confine = 0): number {
    const name = bytesOf(path);
    return this.again(() => this.tree.ops.rmdirAt(start, confine, name, 0, name.length));
  }

  unlink(path: string, start = this.root, confine = 0): number {
    const name = bytesOf(path);
    return this.again(() => this.tree.ops.unlinkAt(start, confine, name, 0, name.length));
  }

  symlink(target: string, path: string, start = this.root, confine = 0): number {
    const to = bytesOf(target);
    const name = bytesOf(path);
    return this.again(() => this.tree.ops.symlinkAt(to, 0, to.length, start, confine, name, 0, name.length));
  }

  link(from: string, path: string, follow = false, start = this.root, confine = 0): number {
    const old = bytesOf(from);
    const name = bytesOf(path);
    return this.again(() => this.tree.ops.linkAt(start, confine, old, 0, old.length, follow, start, confine, name, 0, name.length));
  }

  rename(from: string, path: string, start = this.root, confine = 0): number {
    const old = bytesOf(from);
    const name = bytesOf(path);
    return this.again(() => this.tree.ops.renameAt(start, confine, old, 0, old.length, start, confine, name, 0, name.length));
  }

  readlink(path: string): string | number {
    const out = new Uint8Array(4096);
    const name = bytesOf(path);
    const used = this.again(() => this.tree.readlinkAt(this.root, 0, name, 0, name.length, this.window.wrap(out), 0, out.length));
    return used < 0 ? used : decoder.decode(out.subarray(0, used));
  }

  /** Writes all of it; `part` hears of each piece. */
  write(inode: number, position: number, bytes: Uint8Array, part: (from: number, to: number) => void = () => undefined): number {
    for (let done = 0; done < bytes.length;) {
      const taken = this.again(() => this.tree.write(inode, position + done, this.window.wrap(bytes), done, bytes.length - done));
      if (taken <= 0) return taken;
      part(done, done + taken);
      done += taken;
    }
    return bytes.length;
  }

  /** Gives a file other contents, which only the store has. */
  adopt(inode: number, bytes: Uint8Array): number {
    const ino = this.tree.inodes.ino(inode);
    const result = this.again(() => this.keeper.adopt(inode, bytes.length));
    if (result === 0) this.store.adopt(ino, bytes);
    return result;
  }

  read(inode: number, position: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    let done = 0;
    for (;;) {
      const taken = this.again(() => this.tree.read(inode, position + done, this.window.wrap(out), done, length - done));
      done += Math.max(taken, 0);
      if (taken <= 0 || done === length) return out.subarray(0, done);
    }
  }

  contents(inode: number): Uint8Array {
    return this.read(inode, 0, this.tree.size(inode));
  }

  /** Names in the order of the directory, read in pieces of `bufferSize` bytes; `between` runs after each piece. */
  readdir(dir: number, bufferSize = 4096, between: () => void = () => undefined): string[] {
    const names: string[] = [];
    const out = new Uint8Array(bufferSize);
    const view = new DataView(out.buffer);
    for (let cookie = 0; ;) {
      const used = this.again(() => this.tree.readdir(dir, 0, cookie, this.window.wrap(out), 0, bufferSize));
      for (let at = 0; at + 24 <= used;) {
        const length = view.getUint32(at + 16, true);
        if (at + 24 + length > used) break;
        names.push(decoder.decode(out.subarray(at + 24, at + 24 + length)));
        cookie = Number(view.getBigUint64(at, true));
        at += 24 + length;
      }
      if (used < bufferSize) return names;
      between();
    }
  }

  /** As `ModelTree.snapshot`. */
  snapshot(from = this.root): string[] {
    const lines: string[] = [];
    const seen = new Map<number, number>();
    const visit = (dir: number, prefix: string): void => {
      const entries = this.#list(dir).map((entry) => ({ ...entry, text: decoder.decode(entry.name) }));
      for (const { text, inode, type } of entries.sort((a, b) => (a.text < b.text ? -1 : 1))) {
        if (!seen.has(inode)) seen.set(inode, seen.size);
        const path = `${prefix}/${text}`;
        const kind = type === FileType.DIRECTORY ? 'dir' : type === FileType.SYMBOLIC_LINK ? 'link' : 'file';
        const target = kind === 'link' ? this.#target(inode) : '';
        lines.push(describeNode(path, kind, kind === 'file' ? this.contents(inode) : new Uint8Array(0), target, seen.get(inode)!));
        if (kind === 'dir' && this.tree.walker.crossDown(inode, 0) === inode) visit(inode, path);
      }
    };
    visit(from, '');
    return lines;
  }

  #list(dir: number): ListedEntry[] {
    let found: ListedEntry[] = [];
    this.again(() => {
      const listed = this.tree.list(dir, 0, 1e9);
      if (listed === MISS) return MISS;
      found = listed;
      return 0;
    });
    return found;
  }

  #target(link: number): string {
    const body = this.arena.u32[(link >>> 2) + Inode.BODY]!;
    return decoder.decode(this.arena.u8.slice(body, body + this.tree.size(link)));
  }

  /** KiB that wait for the store. */
  get dirty(): number {
    return this.arena.u32[Header.DIRTY_BLOCKS]!;
  }

  /** `extra`: allocations that others own. */
  check(extra: ReadonlySet<number> = new Set()): CheckReport {
    return checkTree(this.tree, this.volumes, new Set([...extra, ...(this.#namespace ? [this.#namespace] : [])]));
  }
}
