import type { FolderHost } from '../contract/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import { Folders, type FoldersOptions } from './folders.ts';

export interface FolderParts {
  clock: Clock;
  bus: { publish(subject: string, data: unknown): void };
  notices: FoldersOptions['notices'];
  hash: FoldersOptions['hash'];
  readOnly: FoldersOptions['readOnly'];
}

/** The kernel's folders, made from its parts; null on a host that has none. */
export function createFolders(host: FolderHost | undefined, { clock, bus, notices, hash, readOnly }: FolderParts): Folders | null {
  if (!host) return null;
  return new Folders({
    host, notices, hash, readOnly,
    publish: (subject, data) => bus.publish(subject, data),
    now: () => Number(clock.realtime() / 1_000_000n),
  });
}
