import type { Caller, Node, NodeStat } from '../contract/index.ts';
import { FsError, dirname } from '../../shared/base/index.ts';
import type { Location, Mount, MountTable } from './mount-table.ts';
import { childPath, splitPath } from './path-parts.ts';

/** Symbolic links followed in one walk, at most. */
export const LINKS_MAX = 40;
/** Directories climbed when a walk is checked against its confinement, at most. */
const DEPTH_MAX = 4096;

export interface WalkOptions {
  /** Whether a symbolic link as the last component is followed. Default true. */
  follow?: boolean;
  /** Where relative paths start. Default: the root. */
  from?: Location;
  /** A directory that the walk may not leave, by `..`, link or absolute path: ENOTCAPABLE. Default: none. */
  confine?: Location;
  /** Who walks, for links that differ by that (`/proc/self`). */
  caller?: Caller;
  /** Operation that is named in errors. Default `walk`. */
  operation?: string;
}

/** Where a path leads, and the name by which: `found` is undefined if only the last component is missing. */
export interface Resolution {
  parent: Location;
  /** Empty if the path ends in `/`, `.` or `..`. */
  name: string;
  found: Location | undefined;
}

export function sameLocation(a: Location, b: Location): boolean {
  return a.mount.id === b.mount.id && a.node === b.node;
}

/** `..`: up through the mountpoints that the directory is the root of, then its real parent, also where that was covered since. */
export async function parentOf(table: MountTable, location: Location): Promise<Location> {
  let { mount, node } = location;
  while (node === mount.root && mount.at) {
    const below: Mount | undefined = table.byId(mount.at.mount);
    if (!below) throw new FsError('ESTALE', 'walk', location.path, { detail: 'its mount is gone' });
    node = mount.at.node;
    mount = below;
  }
  if (node === mount.root) return { mount, node, path: '/' };
  return { mount, node: await mount.service.parent(node), path: dirname(location.path) };
}

/** Whether `location` is `top` or below it, by its real parents. */
export async function isWithin(table: MountTable, location: Location, top: Location): Promise<boolean> {
  let at = location;
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    if (sameLocation(at, top)) return true;
    const up = await parentOf(table, at);
    if (sameLocation(up, at)) return false;
    at = up;
  }
  return false;
}

/** One walk: the components still to go (the next one last), and where it stands. */
class Walk {
  readonly #table: MountTable;
  readonly #operation: string;
  readonly #whole: string;
  readonly #confine: Location | undefined;
  readonly #caller: Caller;
  #pending: string[];
  #at: Location;
  #links = 0;

  constructor(table: MountTable, path: string, options: WalkOptions) {
    this.#table = table;
    this.#operation = options.operation ?? 'walk';
    this.#whole = path;
    this.#confine = options.confine;
    this.#caller = options.caller;
    const root = { mount: table.root, node: table.root.root, path: '/' };
    this.#at = options.from ?? root;
    this.#pending = splitPath(this.#operation, path).reverse();
    if (path.startsWith('/')) this.#goToRoot();
  }

  async run(follow: boolean): Promise<Resolution> {
    let name = '';
    let parent = this.#at;
    for (let part = this.#pending.pop(); part !== undefined; part = this.#pending.pop()) {
      await this.#requireDirectory();
      parent = this.#at;
      name = '';
      if (part === '.') continue;
      if (part === '..') {
        await this.#up();
        continue;
      }
      name = part;
      const last = this.#pending.length === 0;
      const child = await this.#child(part, last);
      if (!child) return { parent, name, found: undefined };
      if ((!last || follow) && (await this.#stat(child)).kind === 'symlink') await this.#enterLink(child);
      else this.#at = child;
    }
    return { parent, name, found: this.#at };
  }

  #fail(code: ConstructorParameters<typeof FsError>[0], detail?: string, cause?: unknown): never {
    throw new FsError(code, this.#operation, this.#whole, { ...(detail === undefined ? {} : { detail }), cause });
  }

  async #stat(location: Location): Promise<NodeStat> {
    return location.mount.service.stat(location.node);
  }

  async #requireDirectory(): Promise<void> {
    if ((await this.#stat(this.#at)).kind !== 'directory') this.#fail('ENOTDIR', `${this.#at.path} is not a directory`);
  }

  /** The entry; undefined if it is missing and the last one. */
  async #child(name: string, last: boolean): Promise<Location | undefined> {
    const { mount, node, path } = this.#at;
    let child: Node;
    try {
      child = await mount.service.lookup(node, name);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (error.code === 'ENOENT' && last) return undefined;
      this.#fail(error.code, last ? error.detail : `${childPath(path, name)}: ${error.detail ?? error.code}`, error);
    }
    return this.#table.settle(mount, child, childPath(path, name));
  }

  async #up(): Promise<void> {
    if (this.#confine && sameLocation(this.#at, this.#confine)) this.#fail('ENOTCAPABLE', '`..` leads out of what was granted');
    this.#at = await parentOf(this.#table, this.#at);
    if (this.#confine && !(await isWithin(this.#table, this.#at, this.#confine))) {
      this.#fail('ENOTCAPABLE', 'the directory was moved out of what was granted');
    }
  }

  async #enterLink(link: Location): Promise<void> {
    if (++this.#links > LINKS_MAX) this.#fail('ELOOP');
    const readlink = link.mount.service.readlink;
    const target = readlink ? await readlink.call(link.mount.service, link.node, this.#caller) : '';
    if (target === '') this.#fail('ENOENT', `the link ${link.path} is empty`);
    this.#pending.push(...splitPath(this.#operation, target).reverse());
    if (target.startsWith('/')) this.#goToRoot();
  }

  #goToRoot(): void {
    const root = { mount: this.#table.root, node: this.#table.root.root, path: '/' };
    if (this.#confine && !sameLocation(root, this.#confine)) this.#fail('ENOTCAPABLE', 'an absolute path leads out of what was granted');
    this.#at = root;
  }
}

/** @throws FsError ENOENT for a missing component before the last, ENOTDIR, ELOOP, ENAMETOOLONG, ENOTCAPABLE, EINVAL */
export function resolve(table: MountTable, path: string, options: WalkOptions): Promise<Resolution> {
  return new Walk(table, path, options).run(options.follow ?? true);
}
