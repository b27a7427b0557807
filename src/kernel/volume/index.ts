export { OverlayVolume } from './overlay-volume.ts';
