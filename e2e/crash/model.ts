import { contentOf, EMPTY, resized, written, type Content } from './content.ts';

/** What an actor does; each is one call of the page's API or a few system calls of a program. Paths are absolute. */
export type Operation =
  | { verb: 'put'; path: string; seed: number; length: number }
  | { verb: 'at'; path: string; seed: number; length: number; offset: number }
  | { verb: 'append'; path: string; seed: number; length: number }
  | { verb: 'size'; path: string; size: number }
  | { verb: 'sync' | 'mkdir' | 'rmdir' | 'unlink'; path: string }
  | { verb: 'rename' | 'link'; path: string; to: string }
  | { verb: 'symlink'; path: string; target: string };

export type ModelNode =
  | { kind: 'file'; content: Content; links: number; ino?: number }
  | { kind: 'directory'; names: Map<string, ModelNode>; ino?: number }
  | { kind: 'symlink'; target: string; ino?: number };

/** One node as the page tells of it. */
export interface Seen {
  path: string;
  kind: string;
  ino: number;
  nlink: number;
  size: number;
  /** SHA-256 of a file, hex. */
  hash?: string;
  target?: string;
}

type Directory = Extract<ModelNode, { kind: 'directory' }>;
type File = Extract<ModelNode, { kind: 'file' }>;

/**
 * The naive model of a part of a file tree: the names of one actor in a directory that it shares with others.
 * Operations that cannot be done throw: whoever makes them up must not make up such.
 */
export class Model {
  readonly top: string;
  readonly root: Directory = { kind: 'directory', names: new Map() };

  /** `top`: the directory in which the actor has its names. */
  constructor(top: string) {
    this.top = top;
  }

  copy(): Model {
    const model = new Model(this.top);
    const known = new Map<ModelNode, ModelNode>();
    const copy = (node: ModelNode): ModelNode => {
      const made = known.get(node) ?? (node.kind === 'directory' ? { ...node, names: new Map() } : { ...node });
      if (!known.has(node) && node.kind === 'directory') for (const [name, child] of node.names) (made as Directory).names.set(name, copy(child));
      known.set(node, made);
      return made;
    };
    for (const [name, node] of this.root.names) model.root.names.set(name, copy(node));
    return model;
  }

  /** Every node with one of its paths; a node of several names comes as often. */
  *walk(): Generator<{ path: string; node: ModelNode }> {
    const below = function* (folder: string, directory: Directory): Generator<{ path: string; node: ModelNode }> {
      for (const [name, node] of directory.names) {
        const path = `${folder}/${name}`;
        yield { path, node };
        if (node.kind === 'directory') yield* below(path, node);
      }
    };
    yield* below(this.top, this.root);
  }

  find(path: string): ModelNode | undefined {
    let node: ModelNode | undefined = this.root;
    for (const name of this.#parts(path)) node = node?.kind === 'directory' ? node.names.get(name) : undefined;
    return node;
  }

  apply(operation: Operation): void {
    const { verb, path } = operation;
    switch (verb) {
      case 'put': return this.#write(path, () => written(EMPTY, operation.seed, operation.length, 0));
      case 'at': return this.#write(path, (old) => written(old, operation.seed, operation.length, operation.offset));
      case 'append': return this.#write(path, (old) => written(old, operation.seed, operation.length, old.size));
      case 'size': return this.#write(path, (old) => resized(old, operation.size));
      case 'sync': return;
      case 'mkdir': return this.#add(path, { kind: 'directory', names: new Map() });
      case 'symlink': return this.#add(path, { kind: 'symlink', target: operation.target });
      case 'link': return this.#link(path, operation.to);
      case 'rmdir':
      case 'unlink': return this.#remove(path);
      case 'rename': return this.#rename(path, operation.to);
    }
  }

  /** The first difference from what the page shows, or null. */
  difference(seen: ReadonlyMap<string, Seen>): string | null {
    let count = 0;
    const inos = new Map<ModelNode, number>();
    for (const { path, node } of this.walk()) {
      const found = seen.get(path);
      if (!found) return `${path} is not there`;
      const wrong = differs(node, found) ?? (inos.get(node) ?? node.ino ?? found.ino) - found.ino;
      if (wrong !== 0) return `${path}: ${typeof wrong === 'string' ? wrong : 'inode number of another node'}`;
      inos.set(node, found.ino);
      count += 1;
    }
    if (count === seen.size) return null;
    const mine = new Set([...this.walk()].map(({ path }) => path));
    return `${[...seen.keys()].find((path) => !mine.has(path))} is there and should not be`;
  }

  /** Takes over the inode numbers of a state that it equals. */
  adoptNumbers(seen: ReadonlyMap<string, Seen>): void {
    for (const { path, node } of this.walk()) {
      const ino = seen.get(path)?.ino;
      if (ino !== undefined) node.ino = ino;
    }
  }

  #parts(path: string): string[] {
    if (!path.startsWith(`${this.top}/`)) throw new Error(`${path} is not below ${this.top}`);
    return path.slice(this.top.length + 1).split('/');
  }

  #directory(path: string): { directory: Directory; name: string } {
    const cut = path.lastIndexOf('/');
    const directory = cut === this.top.length ? this.root : this.find(path.slice(0, cut));
    if (directory?.kind !== 'directory') throw new Error(`${path}: no directory`);
    return { directory, name: path.slice(cut + 1) };
  }

  #write(path: string, change: (old: Content) => Content): void {
    const node = this.find(path);
    if (node && node.kind !== 'file') throw new Error(`${path} is no file`);
    if (node) node.content = change(node.content);
    else this.#add(path, { kind: 'file', content: change(EMPTY), links: 1 });
  }

  #add(path: string, node: ModelNode): void {
    const { directory, name } = this.#directory(path);
    if (directory.names.has(name)) throw new Error(`${path} exists`);
    directory.names.set(name, node);
  }

  #link(path: string, to: string): void {
    const node = this.find(path);
    if (node?.kind !== 'file') throw new Error(`${path} is no file`);
    this.#add(to, node);
    node.links += 1;
  }

  #remove(path: string): void {
    const { directory, name } = this.#directory(path);
    const node = directory.names.get(name);
    if (!node || (node.kind === 'directory' && node.names.size > 0)) throw new Error(`${path} cannot be removed`);
    directory.names.delete(name);
    if (node.kind === 'file') node.links -= 1;
  }

  #rename(path: string, to: string): void {
    const node = this.find(path);
    if (!node) throw new Error(`${path} is not there`);
    if (this.find(to) === node) return;
    if (this.find(to)) this.#remove(to);
    const from = this.#directory(path);
    const target = this.#directory(to);
    from.directory.names.delete(from.name);
    target.directory.names.set(target.name, node);
  }
}

function differs(node: ModelNode, seen: Seen): string | null {
  if (node.kind !== seen.kind) return `a ${seen.kind}, should be a ${node.kind}`;
  if (node.kind === 'symlink' && node.target !== seen.target) return `leads to ${seen.target}`;
  if (node.kind !== 'file') return null;
  if (node.links !== seen.nlink) return `has ${seen.nlink} names, should have ${node.links}`;
  if (node.content.size !== seen.size) return `${seen.size} bytes, should be ${node.content.size}`;
  return node.content.hash === seen.hash ? null : `other contents (${seen.size} bytes)`;
}

/** A model of what the page shows; `bytesOf` gives the contents of its files. */
export async function modelOf(top: string, seen: ReadonlyMap<string, Seen>, bytesOf: (path: string) => Promise<Uint8Array>): Promise<Model> {
  const model = new Model(top);
  const files = new Map<number, File>();
  for (const { path, kind, target, ino, hash } of [...seen.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (kind === 'directory') model.apply({ verb: 'mkdir', path });
    else if (kind === 'symlink') model.apply({ verb: 'symlink', path, target: target ?? '' });
    else {
      const known = files.get(ino);
      const first = known && [...model.walk()].find(({ node }) => node === known);
      if (first) model.apply({ verb: 'link', path: first.path, to: path });
      else {
        model.apply({ verb: 'put', path, seed: 0, length: 0 });
        const file = model.find(path) as File;
        file.content = contentOf(await bytesOf(path));
        if (file.content.hash !== hash) throw new Error(`${path} read twice gives two contents`);
        files.set(ino, file);
      }
    }
  }
  model.adoptNumbers(seen);
  return model;
}
