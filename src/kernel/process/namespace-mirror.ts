import { MountKind, NAMESPACE_MOUNTS } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { NamespaceRecords, RecordedMount } from '../../shared/tree/index.ts';
import { UnionService } from '../services/union/index.ts';
import type { Mount, Namespace } from '../namespace/index.ts';

/** A namespace as it is in the arena. Immutable. */
export interface Mirrored {
  /** Of the record. */
  readonly address: number;
  /** The slot that stands for a mount where directories are described; 0 for the root. */
  slotOf(mount: Mount): number;
  mountAt(slot: number): Mount | undefined;
}

class Entry implements Mirrored {
  readonly address: number;
  readonly mounts: readonly Mount[];
  readonly slots: ReadonlyMap<number, number>;
  users = 1;

  constructor(address: number, mounts: readonly Mount[], slots: ReadonlyMap<number, number>) {
    this.address = address;
    this.mounts = mounts;
    this.slots = slots;
  }

  slotOf(mount: Mount): number {
    return this.slots.get(mount.id) ?? 0;
  }

  mountAt(slot: number): Mount | undefined {
    return slot === 0 ? this.mounts[0] : this.mounts.find((mount) => this.slots.get(mount.id) === slot);
  }
}

/**
 * Keeps the arena's records of namespaces: one for each table of mounts, for as long as a process has it. Copies of a namespace
 * share their table until one of them changes, and so they share the record.
 */
export class NamespaceMirror {
  readonly #records: NamespaceRecords;
  /** By the table's list of mounts. */
  readonly #entries = new Map<readonly Mount[], Entry>();

  constructor(records: NamespaceRecords) {
    this.#records = records;
  }

  /** Records now, for tests. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * The record of the namespace as it is, for one more user. `before`: what its processes have now; mounts that are in both keep
   * their slots. @throws FsError ENFILE for more mounts than a record has slots, ENOMEM
   */
  acquire(namespace: Namespace, before?: Mirrored): Mirrored {
    const mounts = namespace.table();
    const known = this.#entries.get(mounts);
    if (known) {
      known.users++;
      return known;
    }
    const slots = assignSlots(mounts, before);
    const address = this.#records.make(mounts.slice(1).map((mount) => recorded(mounts, mount, slots)), rootOf(mounts));
    if (address === 0) throw new FsError('ENOMEM', 'bind', undefined, { detail: 'shared memory is full' });
    const entry = new Entry(address, mounts, slots);
    this.#entries.set(mounts, entry);
    return entry;
  }

  /** To be called once no control block has the record any more. */
  release(mirrored: Mirrored): void {
    const entry = mirrored as Entry;
    if (--entry.users > 0) return;
    this.#entries.delete(entry.mounts);
    this.#records.drop(entry.address);
  }

  /** Gives a process the record of its namespace as it is now. */
  refresh(process: { readonly namespace: Namespace; readonly pcb: number; mirrored: Mirrored | null }): void {
    const { namespace, pcb, mirrored } = process;
    const now = this.acquire(namespace, mirrored ?? undefined);
    if (now !== mirrored) this.publish(now, [pcb]);
    process.mirrored = now;
    if (mirrored) this.release(mirrored);
  }

  publish(mirrored: Mirrored, pcbs: readonly number[]): void {
    this.#records.publish(mirrored.address, pcbs);
  }
}

/** New mounts get slots that were free before as well, as far as there are any: descriptions may still name the old ones. */
function assignSlots(mounts: readonly Mount[], before: Mirrored | undefined): Map<number, number> {
  if (mounts.length - 1 > NAMESPACE_MOUNTS) {
    throw new FsError('ENFILE', 'bind', undefined, { detail: `${mounts.length - 1} mounts, a namespace has ${NAMESPACE_MOUNTS} at most` });
  }
  const slots = new Map<number, number>();
  const fresh: Mount[] = [];
  for (const mount of mounts.slice(1)) {
    const slot = before?.slotOf(mount) ?? 0;
    if (slot > 0) slots.set(mount.id, slot);
    else fresh.push(mount);
  }
  const taken = new Set(slots.values());
  const free = Array.from({ length: NAMESPACE_MOUNTS }, (_, at) => at + 1).filter((slot) => !taken.has(slot));
  const unused = free.filter((slot) => !before?.mountAt(slot));
  const order = [...unused, ...free.filter((slot) => !unused.includes(slot))];
  fresh.forEach((mount, at) => slots.set(mount.id, order[at] as number));
  return slots;
}

/** What absolute links in the arena mean: of a union its first directory in the tree. */
function rootOf([root]: readonly Mount[]): number | undefined {
  if (!root) return undefined;
  const { service } = root;
  const directories = service instanceof UnionService ? service.elements : [{ service, node: root.root }];
  return directories.map((one) => one.service.inode?.(one.node) ?? 0).find((inode) => inode !== 0);
}

/** A directory of the tree is walked in the arena; a kernel service and a union are left to the kernel, and the way back into them. */
function recorded(mounts: readonly Mount[], { id, service, root, at }: Mount, slots: ReadonlyMap<number, number>): RecordedMount {
  const below = mounts.find((mount) => mount.id === at?.mount);
  const inode = service.inode?.(root) ?? 0;
  return {
    slot: slots.get(id) as number,
    mountpoint: at && below && !(below.service instanceof UnionService) ? (below.service.inode?.(at.node) ?? 0) : 0,
    ...(inode === 0 ? { kind: MountKind.SERVICE, target: service.dev } : { kind: MountKind.TREE, target: inode }),
    outer: below ? (slots.get(below.id) ?? 0) : 0,
  };
}
