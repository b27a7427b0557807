import type { FsPublisher, Notices } from '../feed/index.ts';
import type { JournalIndex } from '../history/index.ts';
import { Ownership, type OwnershipOptions } from './ownership.ts';
import { StoreFollower, type StoreFollowerOptions } from './store-follower.ts';
import { toCommitted } from './to-committed.ts';

export interface OwnershipParts extends Omit<OwnershipOptions, 'follower' | 'raise' | 'clear' | 'onFault' | 'announce'>, Omit<StoreFollowerOptions, 'onRecords'> {
  index: JournalIndex;
  feed: FsPublisher;
  notices: Notices;
  announce(): Promise<void>;
  announceSoon(): void;
}

/** Whose the workspace is. `follow`: another tab's, and this one follows it from the start. */
export function createOwnership(parts: OwnershipParts, follow: boolean): Ownership {
  const { index, feed, notices, announceSoon } = parts;
  const follower = new StoreFollower({
    ...parts,
    onRecords: (records) => {
      index.add(records);
      index.committed(records.at(-1)?.seq ?? 0);
      feed.committed(records.map(toCommitted));
      announceSoon();
    },
  });
  const ownership = new Ownership({
    ...parts, follower,
    announce: () => void parts.announce(),
    raise: (notice) => notices.raise(notice), clear: (id) => notices.clear(id), onFault: (error) => notices.fault(error),
  });
  if (follow) ownership.start();
  return ownership;
}
