import type { FileService, Node } from '../contract/index.ts';
import { FsError, normalizePath } from '../../shared/base/index.ts';
import { UnionService, type UnionElement } from '../services/union/index.ts';
import { MountTable, newMountId, type Location, type Mount } from './mount-table.ts';
import { parentOf, resolve, type Resolution, type WalkOptions } from './walk.ts';

/** `replace` covers what is there; `before` and `after` show both, with the added one first or last. */
export type BindOrder = 'replace' | 'before' | 'after';

export interface BindOptions {
  /** Default `replace`. */
  order?: BindOrder;
  /** Whether new names at the top of a union may be made in the added directory. Default true. */
  create?: boolean;
  /** Make the mountpoint where it is missing. Default false. */
  makeDirectory?: boolean;
}

/** One row of `mounts`. `node` is the service's node that is shown at `path`. */
export interface MountInfo {
  path: string;
  service: FileService;
  node: Node;
  /** The covered directory; null for the root. */
  over: { service: FileService; node: Node } | null;
}

interface ScriptLine {
  path: string;
  text: string;
}

/** A word as `rc` takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`;
}

/**
 * A process's own table of mounts. A change replaces the table, so a copy shares it until either changes.
 * Rules: SPEC.md (NS1 …).
 */
export class Namespace {
  #table: MountTable;
  /** What was done to make it, for display. */
  #script: readonly ScriptLine[];

  private constructor(table: MountTable, script: readonly ScriptLine[]) {
    this.#table = table;
    this.#script = script;
  }

  /** A namespace whose `/` is the root of `service`. */
  static of(service: FileService): Namespace {
    return new Namespace(new MountTable([{ id: newMountId(), path: '/', service, root: service.root(), at: null }]), [{ path: '/', text: `mount ${quoted(service.name)} /` }]);
  }

  copy(): Namespace {
    return new Namespace(this.#table, this.#script);
  }

  /** Becomes what `other` is, in one step. */
  adopt(other: Namespace): void {
    this.#table = other.#table;
    this.#script = other.#script;
  }

  get root(): Location {
    const mount = this.#table.root;
    return { mount, node: mount.root, path: '/' };
  }

  /** The mounts and binds that make it, in their order, as commands of Plan 9's `rc`: `-b` before, `-a` after what is there. */
  script(): string[] {
    return this.#script.map(({ text }) => text);
  }

  #note(verb: 'mount' | 'bind', source: string, path: string, { order = 'replace', create = true }: BindOptions): void {
    const place = normalizePath(path);
    const flags = order === 'replace' ? '' : ` -${order === 'before' ? 'b' : 'a'}${create ? 'c' : ''}`;
    const before = order === 'replace' ? this.#script.filter((line) => line.path !== place) : this.#script;
    this.#script = [...before, { path: place, text: `${verb}${flags} ${quoted(source)} ${quoted(place)}` }];
  }

  mounts(): MountInfo[] {
    return this.#table.mounts.map(({ path, service, root, at }) => {
      const below = at && this.#table.byId(at.mount);
      return { path, service, node: root, over: below ? { service: below.service, node: at.node } : null };
    });
  }

  /** The mounts themselves, the root first. */
  table(): readonly Mount[] {
    return this.#table.mounts;
  }

  /** The mounts whose mountpoint is a node of `service`: what another walker of that service must know. */
  mountsFor(service: FileService): MountInfo[] {
    return this.mounts().filter((mount) => mount.over?.service === service);
  }

  /** @throws FsError as `resolve`, and ENOENT */
  async walk(path: string, options: WalkOptions = {}): Promise<Location> {
    const { found } = await this.resolve(path, options);
    if (!found) throw new FsError('ENOENT', options.operation ?? 'walk', path);
    return found;
  }

  resolve(path: string, options: WalkOptions = {}): Promise<Resolution> {
    return resolve(this.#table, path, options);
  }

  parent(location: Location): Promise<Location> {
    return parentOf(this.#table, location);
  }

  /** Whether another service is mounted on the entry `node` of `dir`. */
  covering(dir: Location, node: Node): Mount | undefined {
    return this.#table.covering(dir.mount.id, node);
  }

  /** Shows the root of `service` at `path`. */
  async mount(service: FileService, path: string, options: BindOptions = {}): Promise<void> {
    await this.#attach('mount', { service, node: service.root() }, path, options);
    this.#note('mount', service.name, path, options);
  }

  /** Shows the directory `source` also at `path`. Mounts below `source` are not shown there. */
  async bind(source: string, path: string, options: BindOptions = {}): Promise<void> {
    const { mount, node } = await this.walk(source, { operation: 'bind' });
    await this.#attach('bind', { service: mount.service, node }, path, options);
    this.#note('bind', normalizePath(source), path, options);
  }

  /** Takes away what is mounted at `path`. @throws FsError EINVAL if nothing is, EBUSY for the root and under mounts */
  async unbind(path: string): Promise<void> {
    const { mount, node } = await this.walk(path, { operation: 'unbind' });
    if (node !== mount.root) throw new FsError('EINVAL', 'unbind', path, { detail: 'nothing is mounted there' });
    if (!mount.at) throw new FsError('EBUSY', 'unbind', path, { detail: 'it is the root' });
    if (this.#table.on(mount.id).length > 0) throw new FsError('EBUSY', 'unbind', path, { detail: 'something is mounted below it' });
    this.#table = this.#table.without(mount.id);
    this.#script = this.#script.filter((line) => line.path !== normalizePath(path));
  }

  async #attach(operation: string, source: { service: FileService; node: Node }, path: string, options: BindOptions): Promise<void> {
    const there = await this.#mountpoint(operation, path, options.makeDirectory ?? false);
    await requireDirectory(operation, source.service, source.node, path);
    await requireDirectory(operation, there.mount.service, there.node, path);
    const order = options.order ?? 'replace';
    if (order === 'replace') this.#cover(operation, there, source);
    else this.#unite(there, { ...source, create: options.create ?? true }, order);
  }

  async #mountpoint(operation: string, path: string, make: boolean): Promise<Location> {
    const { parent, name, found } = await this.resolve(path, { operation });
    if (found) return found;
    const { service, node } = { service: parent.mount.service, node: parent.node };
    if (!make) throw new FsError('ENOENT', operation, path);
    if (!service.mkdir) throw new FsError('EROFS', operation, path);
    await service.mkdir(node, name);
    return this.walk(path, { operation });
  }

  #cover(operation: string, there: Location, source: { service: FileService; node: Node }): void {
    const { mount, node, path } = there;
    if (node !== mount.root) {
      this.#table = this.#table.with({ id: newMountId(), path, service: source.service, root: source.node, at: { mount: mount.id, node } });
      return;
    }
    if (!mount.at) throw new FsError('EBUSY', operation, path, { detail: 'the root cannot be covered' });
    if (this.#table.on(mount.id).length > 0) throw new FsError('EBUSY', operation, path, { detail: 'something is mounted below it' });
    this.#table = this.#table.without(mount.id).with({ ...mount, id: newMountId(), service: source.service, root: source.node });
  }

  #unite(there: Location, added: Omit<UnionElement, 'tag'>, order: BindOrder): void {
    const { mount, node, path } = there;
    const known = node === mount.root && mount.service instanceof UnionService ? mount.service.elements : undefined;
    const elements = known ?? [{ service: mount.service, node, create: true, tag: 0 }];
    const element = { ...added, tag: freeTag(elements) };
    const union = new UnionService(mount.service.dev, order === 'before' ? [element, ...elements] : [...elements, element]);
    if (known) this.#table = this.#table.with({ ...mount, service: union });
    else if (node === mount.root) this.#uniteMount(mount, union);
    else this.#uniteDirectory(there, union, path);
  }

  /** A whole mount becomes a union with itself: mountpoints on it move into the union. */
  #uniteMount(mount: Mount, union: UnionService): void {
    const nodeOf = (node: Node): Node => UnionService.nodeOf(0, node);
    this.#table = this.#table
      .moved(this.#table.on(mount.id), mount.id, nodeOf)
      .with({ ...mount, service: union, root: union.root() });
  }

  /** A plain directory becomes a mountpoint of a union that contains it: mountpoints below it move into the union. */
  #uniteDirectory(there: Location, union: UnionService, path: string): void {
    const { mount, node } = there;
    const id = newMountId();
    const below = this.#table.on(mount.id).filter((one) => one.path.startsWith(`${path}/`));
    this.#table = this.#table
      .with({ id, path, service: union, root: union.root(), at: { mount: mount.id, node } })
      .moved(below, id, (inner) => UnionService.nodeOf(0, inner));
  }
}

function freeTag(elements: readonly UnionElement[]): number {
  const used = new Set(elements.map((element) => element.tag));
  let tag = 0;
  while (used.has(tag)) tag++;
  return tag;
}

async function requireDirectory(operation: string, service: FileService, node: Node, path: string): Promise<void> {
  if ((await service.stat(node)).kind !== 'directory') throw new FsError('ENOTDIR', operation, path);
}
