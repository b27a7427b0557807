export { Fsck, type FsckParts } from './fsck.ts';
export { checkAfterUncleanEnd, type WatchOptions } from './watch.ts';
