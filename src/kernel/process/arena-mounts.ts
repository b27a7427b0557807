import { MountKind } from '../../shared/arena/index.ts';
import type { Namespace } from '../namespace/index.ts';

/** One mount as the arena's namespace record has it. */
export interface ArenaMount {
  /** Inode of the covered directory. */
  mountpoint: number;
  kind: number;
  /** A volume's root, or the service's device number. */
  target: number;
}

/**
 * What walkers in shared memory must know of a namespace: the mounts whose mountpoint is a directory of the tree.
 * The root of another volume is walked there as well; everything else (a kernel service, a union, a directory that is
 * bound to a second place) is left to the kernel.
 */
export function arenaMounts(namespace: Namespace): ArenaMount[] {
  return namespace.mounts().flatMap(({ service, node, over }) => {
    const mountpoint = over?.service.inode?.(over.node) ?? 0;
    if (mountpoint === 0) return [];
    const root = node === service.root() ? (service.inode?.(node) ?? 0) : 0;
    return [root !== 0 ? { mountpoint, kind: MountKind.TREE, target: root } : { mountpoint, kind: MountKind.SERVICE, target: service.dev }];
  });
}
