export { hexOffset, hexRow, scrollScale } from './hex-rows.ts';
export { SNIFF_BYTES, looksLikeText, sniff, type Sniffed } from './sniff.ts';
export { firstInvalid, sequenceLength } from './utf8.ts';
export { useBlame } from './use-blame.ts';
export type { ViewMode } from './view-mode.ts';
export type { Viewer, ViewerProps } from './viewer.ts';
