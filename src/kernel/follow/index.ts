export { createOwnership, type OwnershipParts } from './create-ownership.ts';
export { Ownership, type Mode, type OwnershipOptions, type TabChannel } from './ownership.ts';
export { StoreFollower, type StoreFollowerOptions } from './store-follower.ts';
