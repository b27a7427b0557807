import { Errno } from '../base/index.ts';

/** A node of the naive tree. */
export interface ModelNode {
  type: 'dir' | 'file' | 'link';
  data: Uint8Array;
  target: string;
  entries: Map<string, ModelNode>;
  parent: ModelNode | null;
  nlink: number;
  volume: number;
  /** Root of the volume that is mounted here. */
  mount: ModelNode | null;
  /** Of a mounted root: where. */
  mountedOn: ModelNode | null;
}

interface Found {
  dir: ModelNode;
  name: string;
  slash: boolean;
  node: ModelNode | null;
  dots: boolean;
}

const isError = (value: unknown): value is number => typeof value === 'number';

/**
 * A Unix tree as plainly as one can write it: maps, strings, arrays. The reference for the tree in the arena, with which it shares
 * nothing but the error numbers. Operations return >= 0 or -errno.
 */
export class ModelTree {
  readonly root = this.#node('dir', null, 1);

  #node(type: ModelNode['type'], parent: ModelNode | null, volume: number): ModelNode {
    return { type, data: new Uint8Array(0), target: '', entries: new Map(), parent, nlink: 1, volume, mount: null, mountedOn: null };
  }

  mountVolume(at: ModelNode, volume: number): ModelNode {
    const root = this.#node('dir', null, volume);
    at.mount = root;
    root.mountedOn = at;
    return root;
  }

  #up(dir: ModelNode): ModelNode {
    return dir.mountedOn ? dir.mountedOn.parent! : dir.parent ?? dir;
  }

  #climb(dir: ModelNode, confine: ModelNode | null): ModelNode | number {
    if (dir === confine) return -Errno.EPERM;
    if (dir.nlink === 0) return -Errno.ENOENT;
    const up = this.#up(dir);
    for (let at = up; confine; at = this.#up(at)) {
      if (at === confine) break;
      if (this.#up(at) === at) return -Errno.EPERM;
    }
    return up;
  }

  /** Splits `a//b/` into a, b and the slash. */
  #parts(path: string): { parts: string[]; slash: boolean } {
    return { parts: path.split('/').filter((part) => part !== ''), slash: path.endsWith('/') };
  }

  #badName(name: string): number {
    if (new TextEncoder().encode(name).length > 255) return -Errno.ENAMETOOLONG;
    return name.includes('\0') ? -Errno.EINVAL : 0;
  }

  /** The last component with its directory. `follow`: also through a symlink that is last. */
  find(start: ModelNode, confine: ModelNode | null, path: string, follow: boolean, forName: boolean): Found | number {
    if (path === '') return -Errno.ENOENT;
    if (path.startsWith('/')) return -Errno.EPERM;
    let { parts, slash } = this.#parts(path);
    let at = start;
    for (let links = 0; ;) {
      const name = parts.shift()!;
      const last = parts.length === 0;
      const bad = this.#badName(name);
      if (bad) return bad;
      if (at.type !== 'dir') return -Errno.ENOTDIR;
      if (name === '.' || name === '..') {
        const to = name === '.' ? at : this.#climb(at, confine);
        if (isError(to)) return to;
        at = to;
        if (last) return { dir: at, name, slash: true, node: at, dots: true };
        continue;
      }
      const stop = { dir: at, name, slash, dots: false };
      if (last && forName && !follow) return { ...stop, node: at.entries.get(name) ?? null };
      let node = at.entries.get(name) ?? null;
      if (!node) return last && forName ? { ...stop, node: null } : -Errno.ENOENT;
      if (node.mount && !(last && forName)) node = node.mount;
      if (node.type === 'link' && (!last || follow || slash)) {
        if (++links > 40) return -Errno.ELOOP;
        const rest = this.#parts(node.target);
        if (last && !slash) slash = rest.slash;
        parts = [...rest.parts, ...parts];
        if (node.target.startsWith('/')) {
          if (confine && confine !== this.root) return -Errno.EPERM;
          at = this.root;
          if (parts.length === 0) return { dir: at, name: '.', slash: true, node: at, dots: true };
        }
        continue;
      }
      if (last) {
        if (!forName && slash && node.type !== 'dir') return -Errno.ENOTDIR;
        return { ...stop, node };
      }
      at = node;
    }
  }

  walk(start: ModelNode, confine: ModelNode | null, path: string, follow: boolean): ModelNode | number {
    const found = this.find(start, confine, path, follow, false);
    return isError(found) ? found : found.node!;
  }

  open(start: ModelNode, confine: ModelNode | null, path: string, create: boolean, exclusive: boolean, truncate: boolean, write: boolean, follow: boolean): ModelNode | number {
    const node = create ? this.#create(start, confine, path, exclusive, follow) : this.walk(start, confine, path, follow);
    if (isError(node)) return node;
    if (node.type === 'link') return -Errno.ELOOP;
    if (node.type === 'dir' && (write || truncate)) return -Errno.EISDIR;
    if (truncate) node.data = new Uint8Array(0);
    return node;
  }

  #create(start: ModelNode, confine: ModelNode | null, path: string, exclusive: boolean, follow: boolean): ModelNode | number {
    if (!exclusive) {
      const there = this.walk(start, confine, path, follow);
      if (there !== -Errno.ENOENT) return there;
    }
    const found = this.find(start, confine, path, follow && !exclusive, true);
    if (isError(found)) return found;
    if (found.dots) return exclusive ? -Errno.EEXIST : found.dir;
    if (found.node) return exclusive ? -Errno.EEXIST : found.slash && found.node.type !== 'dir' ? -Errno.ENOTDIR : found.node.mount ?? found.node;
    if (found.dir.nlink === 0) return -Errno.ENOENT;
    return found.slash ? -Errno.EISDIR : this.#add(found, 'file');
  }

  #add(found: Found, type: ModelNode['type']): ModelNode {
    const node = this.#node(type, type === 'dir' ? found.dir : null, found.dir.volume);
    found.dir.entries.set(found.name, node);
    return node;
  }

  /** Where a new name is to be made. */
  #fresh(start: ModelNode, confine: ModelNode | null, path: string): Found | number {
    const found = this.find(start, confine, path, false, true);
    if (isError(found)) return found;
    if (found.dots) return -Errno.EEXIST;
    if (found.dir.nlink === 0) return -Errno.ENOENT;
    return found.node ? -Errno.EEXIST : found;
  }

  /** The same for what is no directory: no slash may follow its name. */
  #freshFile(start: ModelNode, confine: ModelNode | null, path: string): Found | number {
    const found = this.find(start, confine, path, false, true);
    if (!isError(found) && !found.dots && found.slash && found.node && found.node.type !== 'dir' && found.dir.nlink > 0) return -Errno.ENOTDIR;
    const fresh = this.#fresh(start, confine, path);
    return !isError(fresh) && fresh.slash ? -Errno.ENOENT : fresh;
  }

  mkdir(start: ModelNode, confine: ModelNode | null, path: string): number {
    const found = this.#fresh(start, confine, path);
    if (isError(found)) return found;
    this.#add(found, 'dir');
    return 0;
  }

  symlink(target: string, start: ModelNode, confine: ModelNode | null, path: string): number {
    if (target === '') return -Errno.ENOENT;
    const found = this.#freshFile(start, confine, path);
    if (isError(found)) return found;
    this.#add(found, 'link').target = target;
    return 0;
  }

  link(from: string, follow: boolean, start: ModelNode, confine: ModelNode | null, path: string): number {
    const node = this.walk(start, confine, from, follow);
    if (isError(node)) return node;
    if (node.type === 'dir') return -Errno.EPERM;
    const found = this.#freshFile(start, confine, path);
    if (isError(found)) return found;
    if (found.dir.volume !== node.volume) return -Errno.EXDEV;
    found.dir.entries.set(found.name, node);
    node.nlink++;
    return 0;
  }

  /** The existing last name. */
  #existing(start: ModelNode, confine: ModelNode | null, path: string, dots: number): Found | number {
    const found = this.find(start, confine, path, false, true);
    if (isError(found)) return found;
    if (found.dots) return dots;
    return found.node ? found : -Errno.ENOENT;
  }

  unlink(start: ModelNode, confine: ModelNode | null, path: string): number {
    const found = this.#existing(start, confine, path, -Errno.EISDIR);
    if (isError(found)) return found;
    if (found.node!.type === 'dir') return -Errno.EISDIR;
    if (found.slash) return -Errno.ENOTDIR;
    this.#drop(found.dir, found.name);
    return 0;
  }

  rmdir(start: ModelNode, confine: ModelNode | null, path: string): number {
    const found = this.#existing(start, confine, path, -Errno.EINVAL);
    if (isError(found)) return found;
    if (found.node!.type !== 'dir') return -Errno.ENOTDIR;
    if (found.node!.mount) return -Errno.EBUSY;
    if (found.node!.entries.size > 0) return -Errno.ENOTEMPTY;
    this.#drop(found.dir, found.name);
    return 0;
  }

  #drop(dir: ModelNode, name: string): void {
    dir.entries.get(name)!.nlink--;
    dir.entries.delete(name);
  }

  rename(start: ModelNode, confine: ModelNode | null, from: string, path: string): number {
    const source = this.#existing(start, confine, from, -Errno.EINVAL);
    if (isError(source)) return source;
    const node = source.node!;
    const found = this.find(start, confine, path, false, true);
    if (isError(found)) return found;
    if (found.dots) return -Errno.EINVAL;
    if (found.dir.nlink === 0) return -Errno.ENOENT;
    if ((source.slash || found.slash) && node.type !== 'dir') return -Errno.ENOTDIR;
    if (found.dir.volume !== node.volume) return -Errno.EXDEV;
    if (node.mount) return -Errno.EBUSY;
    const replaced = found.node;
    if (replaced === node) return 0;
    if (replaced) {
      if (replaced.type === 'dir' && node.type !== 'dir') return -Errno.EISDIR;
      if (replaced.type !== 'dir' && node.type === 'dir') return -Errno.ENOTDIR;
      if (replaced.mount) return -Errno.EBUSY;
      if (replaced.type === 'dir' && replaced.entries.size > 0) return -Errno.ENOTEMPTY;
    }
    if (node.type === 'dir') {
      for (let at: ModelNode | null = found.dir; at; at = at.parent) if (at === node) return -Errno.EINVAL;
    }
    if (replaced) this.#drop(found.dir, found.name);
    source.dir.entries.delete(source.name);
    found.dir.entries.set(found.name, node);
    if (node.type === 'dir') node.parent = found.dir;
    return 0;
  }

  write(node: ModelNode, position: number, bytes: Uint8Array): void {
    if (position + bytes.length > node.data.length) this.truncate(node, position + bytes.length);
    node.data.set(bytes, position);
  }

  truncate(node: ModelNode, size: number): void {
    const data = new Uint8Array(size);
    data.set(node.data.subarray(0, size));
    node.data = data;
  }

  /** One line a name, sorted: path, type, contents; names of one file share a number. */
  snapshot(from: ModelNode = this.root): string[] {
    const lines: string[] = [];
    const seen = new Map<ModelNode, number>();
    const visit = (dir: ModelNode, prefix: string): void => {
      for (const name of [...dir.entries.keys()].sort()) {
        const node = dir.entries.get(name)!;
        if (!seen.has(node)) seen.set(node, seen.size);
        lines.push(describeNode(`${prefix}/${name}`, node.type, node.data, node.target, seen.get(node)!));
        if (node.type === 'dir' && !node.mount) visit(node, `${prefix}/${name}`);
      }
    };
    visit(from, '');
    return lines;
  }
}

/** A line of a snapshot. */
export function describeNode(path: string, type: string, data: Uint8Array, target: string, identity: number): string {
  if (type === 'link') return `${path} #${identity} -> ${target}`;
  return type === 'dir' ? `${path}/ #${identity}` : `${path} #${identity} ${data.length} ${checksum(data)}`;
}

function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash >>> 0).toString(16);
}
