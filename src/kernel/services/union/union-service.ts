import type { Awaitable, Caller, FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import { FsError } from '../../../shared/base/index.ts';

/** One of the directories that a union is made of. */
export interface UnionElement {
  readonly service: FileService;
  readonly node: Node;
  /** Whether new names at the top of the union are made here; the first such element takes them. */
  readonly create: boolean;
  /** 0 … 14, unique in the union; keeps nodes valid when elements are added. */
  readonly tag: number;
}

/** Elements of one union, at most. */
export const UNION_MAX = 15;
const TAGS = 16;
const ROOT: Node = -1;

/**
 * Several directories shown as one. Only the top is united: of entries with one name the first element's is seen, and
 * below it everything is as in that element. A node is `node of the element × 16 + tag`, so the union keeps no table.
 */
export class UnionService implements FileService {
  readonly name = 'union';
  readonly dev: number;
  readonly elements: readonly UnionElement[];

  constructor(dev: number, elements: readonly UnionElement[]) {
    if (elements.length === 0 || elements.length > UNION_MAX) {
      throw new FsError('EINVAL', 'bind', undefined, { detail: `a union has 1 to ${UNION_MAX} directories` });
    }
    this.dev = dev;
    this.elements = elements;
  }

  /** The union's node for a node of one of its elements. */
  static nodeOf(tag: number, node: Node): Node {
    return node * TAGS + tag;
  }

  root(): Node {
    return ROOT;
  }

  async lookup(dir: Node, name: string): Promise<Node> {
    if (dir !== ROOT) {
      const { element, node } = this.#open('lookup', dir);
      return UnionService.nodeOf(element.tag, await element.service.lookup(node, name));
    }
    const found = await this.#find(name, this.elements);
    if (!found) throw new FsError('ENOENT', 'lookup', name);
    return UnionService.nodeOf(found.element.tag, found.node);
  }

  async parent(dir: Node): Promise<Node> {
    if (dir === ROOT) return ROOT;
    const { element, node } = this.#open('parent', dir);
    const up = await element.service.parent(node);
    return up === element.node ? ROOT : UnionService.nodeOf(element.tag, up);
  }

  stat(node: Node): Awaitable<NodeStat> {
    const { element, node: inner } = this.#open('stat', node);
    return element.service.stat(inner);
  }

  async readdir(dir: Node, cookie: number, limit: number): Promise<NodeEntry[]> {
    if (dir !== ROOT) {
      const { element, node } = this.#open('readdir', dir);
      return (await element.service.readdir(node, cookie, limit)).map((entry) => lift(entry, element.tag));
    }
    const found: NodeEntry[] = [];
    let place = cookie % TAGS;
    let inner = Math.floor(cookie / TAGS);
    while (place < this.elements.length && found.length < limit) {
      const page = await this.#page(place, inner, limit - found.length);
      found.push(...page.entries);
      inner = page.next;
      if (page.end) {
        place++;
        inner = 0;
      }
    }
    return found;
  }

  readlink(node: Node, caller?: Caller): Awaitable<string> {
    const { element, node: inner } = this.#open('readlink', node);
    return need(element, 'readlink')(inner, caller);
  }

  read(node: Node, position: number, length: number): Awaitable<Uint8Array> {
    const { element, node: inner } = this.#open('read', node);
    return element.service.read(inner, position, length);
  }

  write(node: Node, position: number, data: Uint8Array, caller?: Caller): Awaitable<number> {
    const { element, node: inner } = this.#open('write', node);
    return need(element, 'write')(inner, position, data, caller);
  }

  truncate(node: Node, size: number): Awaitable<void> {
    const { element, node: inner } = this.#open('truncate', node);
    return need(element, 'truncate')(inner, size);
  }

  async create(dir: Node, name: string): Promise<Node> {
    const { element, node } = await this.#vacant('create', dir, name);
    return UnionService.nodeOf(element.tag, await need(element, 'create')(node, name));
  }

  async mkdir(dir: Node, name: string): Promise<Node> {
    const { element, node } = await this.#vacant('mkdir', dir, name);
    return UnionService.nodeOf(element.tag, await need(element, 'mkdir')(node, name));
  }

  async symlink(dir: Node, name: string, target: string): Promise<Node> {
    const { element, node } = await this.#vacant('symlink', dir, name);
    return UnionService.nodeOf(element.tag, await need(element, 'symlink')(node, name, target));
  }

  async link(dir: Node, name: string, node: Node): Promise<void> {
    const into = await this.#vacant('link', dir, name);
    const what = this.#open('link', node);
    if (what.element !== into.element) throw new FsError('EXDEV', 'link', name);
    await need(into.element, 'link')(into.node, name, what.node);
  }

  async unlink(dir: Node, name: string): Promise<void> {
    const { element, node } = await this.#holder('unlink', dir, name);
    await need(element, 'unlink')(node, name);
  }

  async rmdir(dir: Node, name: string): Promise<void> {
    const { element, node } = await this.#holder('rmdir', dir, name);
    await need(element, 'rmdir')(node, name);
  }

  async rename(fromDir: Node, fromName: string, toDir: Node, toName: string): Promise<void> {
    const from = await this.#holder('rename', fromDir, fromName);
    const there = toDir === ROOT ? await this.#find(toName, this.elements) : undefined;
    const to = toDir === ROOT ? { element: there?.element ?? from.element, node: (there?.element ?? from.element).node } : this.#open('rename', toDir);
    if (to.element !== from.element) throw new FsError('EXDEV', 'rename', toName);
    await need(from.element, 'rename')(from.node, fromName, to.node, toName);
  }

  setTimes(node: Node, atime: bigint | undefined, mtime: bigint | undefined): Awaitable<void> {
    const { element, node: inner } = this.#open('setTimes', node);
    return need(element, 'setTimes')(inner, atime, mtime);
  }

  async sync(): Promise<void> {
    for (const service of new Set(this.elements.map((element) => element.service))) await service.sync?.();
  }

  seekable(node: Node): boolean {
    const { element, node: inner } = this.#open('seekable', node);
    return element.service.seekable?.(inner) ?? true;
  }

  retain(node: Node): void {
    const { element, node: inner } = this.#open('retain', node);
    element.service.retain?.(inner);
  }

  release(node: Node): void {
    const { element, node: inner } = this.#open('release', node);
    element.service.release?.(inner);
  }

  /** 0 where the element is not of the shared tree, and for the top, which no process may list by itself. */
  inode(node: Node): number {
    if (node === ROOT) return 0;
    const { element, node: inner } = this.#open('inode', node);
    return element.service.inode?.(inner) ?? 0;
  }

  #open(operation: string, node: Node): { element: UnionElement; node: Node } {
    if (node === ROOT) {
      const first = this.elements[0] as UnionElement;
      return { element: first, node: first.node };
    }
    const inner = Math.floor(node / TAGS);
    const element = this.elements.find((one) => one.tag === node - inner * TAGS);
    if (!element) throw new FsError('ESTALE', operation, undefined, { detail: 'its directory left the union' });
    return { element, node: inner };
  }

  async #find(name: string, among: readonly UnionElement[]): Promise<{ element: UnionElement; node: Node } | undefined> {
    for (const element of among) {
      try {
        return { element, node: await element.service.lookup(element.node, name) };
      } catch (error) {
        if (!(error instanceof FsError) || error.code !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }

  /** Where the name is; at the top the first element that has it. */
  async #holder(operation: string, dir: Node, name: string): Promise<{ element: UnionElement; node: Node }> {
    if (dir !== ROOT) return this.#open(operation, dir);
    const found = await this.#find(name, this.elements);
    if (!found) throw new FsError('ENOENT', operation, name);
    return { element: found.element, node: found.element.node };
  }

  /** Where a new name is made. @throws FsError EEXIST if any element has it, EROFS if none takes new names */
  async #vacant(operation: string, dir: Node, name: string): Promise<{ element: UnionElement; node: Node }> {
    if (dir !== ROOT) return this.#open(operation, dir);
    const element = this.elements.find((one) => one.create);
    if (!element) throw new FsError('EROFS', operation, name, { detail: 'no directory of the union takes new names' });
    if (await this.#find(name, this.elements)) throw new FsError('EEXIST', operation, name);
    return { element, node: element.node };
  }

  async #page(place: number, cookie: number, limit: number): Promise<{ entries: NodeEntry[]; next: number; end: boolean }> {
    const element = this.elements[place] as UnionElement;
    const page = await element.service.readdir(element.node, cookie, limit);
    const hidden = await Promise.all(page.map((entry) => this.#find(entry.name, this.elements.slice(0, place))));
    const entries = page.filter((_, at) => !hidden[at]).map((entry) => ({ ...lift(entry, element.tag), cookie: entry.cookie * TAGS + place }));
    return { entries, next: page.at(-1)?.cookie ?? cookie, end: page.length < limit };
  }
}

function lift(entry: NodeEntry, tag: number): NodeEntry {
  return { ...entry, node: UnionService.nodeOf(tag, entry.node) };
}

type Optional = 'readlink' | 'write' | 'truncate' | 'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'setTimes';

function need<K extends Optional>(element: UnionElement, operation: K): NonNullable<FileService[K]> {
  const method = element.service[operation];
  if (!method) throw new FsError(operation === 'readlink' ? 'EINVAL' : 'EROFS', operation);
  return method.bind(element.service) as NonNullable<FileService[K]>;
}
