export { DamageNotices } from './damage-notices.ts';
export { FsPublisher } from './fs-publisher.ts';
export { Notices } from './notices.ts';
export { baseMissing, crowded, newerFormat, notStored, ownedElsewhere, storeFailure, storeLost, takenOver } from './notice-texts.ts';
