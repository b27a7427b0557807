import type { FileService, Node } from '../contract/index.ts';

/** One service's directory, seen at one place. Immutable. */
export interface Mount {
  /** Unique in the kernel; kept when a union grows. */
  readonly id: number;
  /** Where it was mounted, resolved; for display. */
  readonly path: string;
  readonly service: FileService;
  readonly root: Node;
  /** The directory that it covers; null for the namespace's root. */
  readonly at: { readonly mount: number; readonly node: Node } | null;
}

/** A node as seen through the mount that led to it. `path` is how it was reached, without links; for display. */
export interface Location {
  readonly mount: Mount;
  readonly node: Node;
  readonly path: string;
}

let lastId = 0;

export function newMountId(): number {
  return ++lastId;
}

function pointKey(mount: number, node: Node): string {
  return `${mount}:${node}`;
}

/** What is mounted where: a value. Changing it makes another, so namespaces may share one. */
export class MountTable {
  readonly mounts: readonly Mount[];
  readonly #byPoint = new Map<string, Mount>();
  readonly #byId = new Map<number, Mount>();

  constructor(mounts: readonly Mount[]) {
    this.mounts = mounts;
    for (const mount of mounts) {
      this.#byId.set(mount.id, mount);
      if (mount.at) this.#byPoint.set(pointKey(mount.at.mount, mount.at.node), mount);
    }
  }

  get root(): Mount {
    return this.mounts[0] as Mount;
  }

  byId(id: number): Mount | undefined {
    return this.#byId.get(id);
  }

  /** What covers a node of a mount. */
  covering(mount: number, node: Node): Mount | undefined {
    return this.#byPoint.get(pointKey(mount, node));
  }

  /** What a directory shows: the mount that covers it, else itself. */
  settle(mount: Mount, node: Node, path: string): Location {
    const over = this.covering(mount.id, node);
    return over ? { mount: over, node: over.root, path } : { mount, node, path };
  }

  /** Adds `mount`, in the place of the one with its id if there is one. */
  with(mount: Mount): MountTable {
    const known = this.#byId.has(mount.id);
    return new MountTable(known ? this.mounts.map((one) => (one.id === mount.id ? mount : one)) : [...this.mounts, mount]);
  }

  without(id: number): MountTable {
    return new MountTable(this.mounts.filter((mount) => mount.id !== id));
  }

  /** Mounts whose mountpoint is a node of mount `id`. */
  on(id: number): Mount[] {
    return this.mounts.filter((mount) => mount.at?.mount === id);
  }

  /** Moves the mountpoints among `which` to another mount, giving their nodes there. */
  moved(which: readonly Mount[], to: number, nodeOf: (node: Node) => Node): MountTable {
    return new MountTable(
      this.mounts.map((mount) => (mount.at && which.includes(mount) ? { ...mount, at: { mount: to, node: nodeOf(mount.at.node) } } : mount)),
    );
  }
}
