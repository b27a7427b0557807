import { FileType } from '../abi/index.ts';
import { BLOCK, type Cut, type FillEntry, type TreeChange } from '../tree/index.ts';
import { describeNode } from './model-tree.ts';

interface StoredNode {
  type: 'dir' | 'file' | 'link';
  data: Uint8Array;
  target: string;
  entries: Map<string, number>;
  nlink: number;
}

const TYPES = { dir: FileType.DIRECTORY, file: FileType.REGULAR_FILE, link: FileType.SYMBOLIC_LINK };

/** What a store must do with the batches of `TreeKeeper.cut`, in the plainest way; and what it must answer on a miss. */
export class NaiveStore {
  readonly nodes = new Map<number, StoredNode>([[1, newNode('dir')]]);
  /** Without a name, but maybe open: their blocks can still be asked for. */
  readonly #orphans = new Map<number, StoredNode>();

  /** Given since the last cut. */
  readonly #adopted = new Map<number, Uint8Array>();

  /** The tree gave a file contents that are here; answers for its blocks from now on. */
  adopt(ino: number, data: Uint8Array): void {
    this.#adopted.set(ino, data);
  }

  apply(cut: Cut): void {
    for (const change of cut.changes) this.#change(change);
    for (const [ino, data] of this.#adopted) {
      const node = this.nodes.get(ino) ?? this.#orphans.get(ino);
      if (node) node.data = data;
    }
    this.#adopted.clear();
    for (const capture of cut.captures) {
      const node = this.nodes.get(capture.ino);
      if (!node || node.type !== 'file') continue;
      const data = new Uint8Array(capture.size);
      data.set(node.data.subarray(0, Math.min(capture.size, capture.low ?? capture.size)));
      for (const block of capture.blocks) {
        if (block.bytes.length !== Math.min(BLOCK, capture.size - block.index * BLOCK)) throw new Error('block of the wrong length');
        data.set(block.bytes, block.index * BLOCK);
      }
      node.data = data;
    }
  }

  #change({ op, ino, parent, name, parent2, name2, target }: TreeChange): void {
    if (op === 'write' || op === 'attr') return;
    const dir = this.#node(parent);
    if (op === 'create' || op === 'mkdir' || op === 'symlink') {
      if (this.nodes.has(ino)) throw new Error(`${op}: ino ${ino} is there`);
      const node = newNode(op === 'mkdir' ? 'dir' : op === 'create' ? 'file' : 'link');
      node.target = target ?? '';
      this.nodes.set(ino, node);
      this.#add(dir, name, ino);
    } else if (op === 'link') this.#add(dir, name, ino);
    else if (op === 'rename') {
      if (dir.entries.get(name) !== ino) throw new Error(`rename: ${name} is not ${ino}`);
      const to = this.#node(parent2!);
      if (to.entries.has(name2!)) this.#remove(to, name2!);
      dir.entries.delete(name);
      to.entries.set(name2!, ino);
    } else {
      if (dir.entries.get(name) !== ino) throw new Error(`${op}: ${name} is not ${ino}`);
      this.#remove(dir, name);
    }
  }

  #node(ino: number): StoredNode {
    const node = this.nodes.get(ino);
    if (!node) throw new Error(`ino ${ino} is not there`);
    return node;
  }

  #add(dir: StoredNode, name: string, ino: number): void {
    if (dir.entries.has(name)) throw new Error(`${name} is there`);
    dir.entries.set(name, ino);
    this.#node(ino).nlink++;
  }

  #remove(dir: StoredNode, name: string): void {
    const ino = dir.entries.get(name)!;
    const node = this.#node(ino);
    if (node.entries.size > 0) throw new Error(`${name} is not empty`);
    dir.entries.delete(name);
    if (--node.nlink > 0) return;
    this.nodes.delete(ino);
    this.#orphans.set(ino, node);
  }

  populate(ino: number): FillEntry[] {
    return [...this.#node(ino).entries].map(([name, child]) => {
      const node = this.#node(child);
      const entry: FillEntry = {
        name: new TextEncoder().encode(name), ino: child, type: TYPES[node.type], size: node.data.length, nlink: node.nlink,
        atime: 1n, mtime: 2n, ctime: 3n, origin: 2,
      };
      if (node.type === 'link') entry.target = new TextEncoder().encode(node.target);
      return entry;
    });
  }

  block(ino: number, index: number): Uint8Array {
    return (this.#adopted.get(ino) ?? (this.#orphans.get(ino) ?? this.#node(ino)).data).slice(index * BLOCK, (index + 1) * BLOCK);
  }

  knows(ino: number): boolean {
    return this.nodes.has(ino) || this.#orphans.has(ino) || this.#adopted.has(ino);
  }

  /** Contents of the file at `path`. */
  file(path: string): Uint8Array | undefined {
    let ino: number | undefined = 1;
    for (const part of path.split('/')) ino = ino === undefined ? undefined : this.#node(ino).entries.get(part);
    return ino === undefined ? undefined : this.#node(ino).data;
  }

  get maxIno(): number {
    return Math.max(...this.nodes.keys());
  }

  /** As `ModelTree.snapshot`. */
  snapshot(): string[] {
    const lines: string[] = [];
    const seen = new Map<number, number>();
    const visit = (dir: StoredNode, prefix: string): void => {
      for (const name of [...dir.entries.keys()].sort()) {
        const ino = dir.entries.get(name)!;
        const node = this.#node(ino);
        if (!seen.has(ino)) seen.set(ino, seen.size);
        lines.push(describeNode(`${prefix}/${name}`, node.type, node.data, node.target, seen.get(ino)!));
        if (node.type === 'dir') visit(node, `${prefix}/${name}`);
      }
    };
    visit(this.#node(1), '');
    return lines;
  }
}

function newNode(type: StoredNode['type']): StoredNode {
  return { type, data: new Uint8Array(0), target: '', entries: new Map(), nlink: 0 };
}
