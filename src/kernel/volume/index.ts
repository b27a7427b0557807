export { OverlayVolume, toFillEntry, type VolumeStore } from './overlay-volume.ts';
export { VolumeSet } from './volume-set.ts';
export { looseRefs } from './loose-refs.ts';
