import type { Capture, CutBatch, RawChange } from '../raw-change.ts';

/** A node of the naive model: contents whole, children by name. */
export interface ModelNode {
  ino: number;
  kind: 'file' | 'directory' | 'symlink';
  data: Uint8Array;
  target: string;
  nlink: number;
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  children: Map<string, number>;
}

export interface ModelState {
  nodes: Map<number, ModelNode>;
  nextIno: number;
  time: bigint;
}

const BLOCK = 65536;

/**
 * A tree as naive as can be, which stands for the arena's tree: it makes the ring entries and captures that the fold
 * takes, and its own state is what the store must give back.
 */
export class ModelTree {
  state: ModelState;
  readonly log: string[] = [];
  #changes: RawChange[] = [];
  #dirty = new Map<number, { blocks: Set<number>; low: number }>();

  constructor(root: ModelNode) {
    this.state = { nodes: new Map([[root.ino, root]]), nextIno: 2, time: 1000n };
  }

  node(ino: number): ModelNode {
    const node = this.state.nodes.get(ino);
    if (!node) throw new Error(`the model has no inode ${ino}`);
    return node;
  }

  of(kind: ModelNode['kind']): ModelNode[] {
    return [...this.state.nodes.values()].filter((node) => node.kind === kind);
  }

  snapshot(): ModelState {
    return structuredClone(this.state);
  }

  make(op: 'create' | 'mkdir' | 'symlink', parent: number, name: string, target = ''): number {
    const ino = this.state.nextIno++;
    const kind = op === 'create' ? 'file' : op === 'mkdir' ? 'directory' : 'symlink';
    const time = this.#name({ op, ino, parent, name, ...(op === 'symlink' ? { target } : {}) });
    this.state.nodes.set(ino, {
      ino, kind, data: new Uint8Array(0), target, nlink: 1, atime: time, mtime: time, ctime: time, children: new Map(),
    });
    this.node(parent).children.set(name, ino);
    return ino;
  }

  link(ino: number, parent: number, name: string): void {
    const time = this.#name({ op: 'link', ino, parent, name });
    const node = this.node(ino);
    node.nlink++;
    node.ctime = time;
    this.node(parent).children.set(name, ino);
  }

  remove(parent: number, name: string): void {
    const ino = this.node(parent).children.get(name) ?? 0;
    const time = this.#name({ op: this.node(ino).kind === 'directory' ? 'rmdir' : 'unlink', ino, parent, name });
    this.node(parent).children.delete(name);
    this.#drop(ino, time);
  }

  rename(parent: number, name: string, parent2: number, name2: string): void {
    const ino = this.node(parent).children.get(name) ?? 0;
    const replaced = this.node(parent2).children.get(name2);
    const time = this.#name({ op: 'rename', ino, parent, name, parent2, name2, ...(replaced ? { replaced } : {}) });
    if (replaced) this.#drop(replaced, time);
    this.node(parent).children.delete(name);
    this.node(parent2).children.set(name2, ino);
    Object.assign(this.node(parent2), { mtime: time, ctime: time });
    this.node(ino).ctime = time;
  }

  write(ino: number, at: number, bytes: Uint8Array): void {
    const node = this.node(ino);
    const dirty = this.#touch('write', ino);
    const size = Math.max(node.data.length, at + bytes.length);
    if (size > node.data.length) this.#resize(node, size);
    node.data.set(bytes, at);
    for (let block = Math.floor(at / BLOCK); block * BLOCK < at + bytes.length; block++) dirty.blocks.add(block);
  }

  truncate(ino: number, size: number): void {
    const dirty = this.#touch('write', ino);
    dirty.low = Math.min(dirty.low, size);
    for (const block of dirty.blocks) if (block * BLOCK >= size) dirty.blocks.delete(block);
    this.#resize(this.node(ino), size);
  }

  setTimes(ino: number, atime: bigint, mtime: bigint): void {
    this.#touch('attr', ino);
    Object.assign(this.node(ino), { atime, mtime });
  }

  cut(): CutBatch {
    const captures: Capture[] = [];
    for (const [ino, { blocks, low }] of this.#dirty) {
      const node = this.state.nodes.get(ino);
      if (!node) continue;
      const { atime, mtime, ctime, nlink, data } = node;
      captures.push({
        ino, atime, mtime, ctime, nlink, size: node.kind === 'file' ? data.length : 0, low,
        blocks: [...blocks].map((index) => ({ index, bytes: data.slice(index * BLOCK, (index + 1) * BLOCK) })),
      });
    }
    const cut = { changes: this.#changes, captures, position: 0 };
    this.#changes = [];
    this.#dirty = new Map();
    return cut;
  }

  #resize(node: ModelNode, size: number): void {
    const data = new Uint8Array(size);
    data.set(node.data.subarray(0, size));
    node.data = data;
  }

  #drop(ino: number, time: bigint): void {
    const node = this.node(ino);
    node.ctime = time;
    if (node.kind === 'directory' || --node.nlink === 0) this.state.nodes.delete(ino);
  }

  #name(change: Omit<RawChange, 'time' | 'pid'>): bigint {
    const time = ++this.state.time;
    this.#changes.push({ ...change, time, pid: 3 });
    this.log.push(JSON.stringify(change));
    const parent = this.node(change.parent);
    parent.mtime = parent.ctime = time;
    return time;
  }

  #touch(op: 'write' | 'attr', ino: number): { blocks: Set<number>; low: number } {
    const time = ++this.state.time;
    const node = this.node(ino);
    node.ctime = time;
    if (op === 'write') node.mtime = time;
    this.log.push(`${op} ${ino} size ${node.data.length}`);
    const known = this.#dirty.get(ino);
    if (known) return known;
    this.#changes.push({ op, ino, parent: 0, name: '', time, pid: 3 });
    const dirty = { blocks: new Set<number>(), low: node.data.length };
    this.#dirty.set(ino, dirty);
    return dirty;
  }
}
