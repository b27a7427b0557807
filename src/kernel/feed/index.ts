export { DamageNotices } from './damage-notices.ts';
export { FsPublisher } from './fs-publisher.ts';
export { Notices } from './notices.ts';
export { baseMissing, crowded, grantsMissing, newerFormat, notStored, ownedElsewhere, ownerGone, storeFailure, storeLost, takenOver, tooFarBehind } from './notice-texts.ts';
export { paced } from './paced.ts';
