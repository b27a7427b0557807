export { SNIFF_BYTES, looksLikeText, sniff, type Sniffed } from './sniff.ts';
export { useBlame } from './use-blame.ts';
export type { ViewMode } from './view-mode.ts';
export type { Viewer, ViewerProps } from './viewer.ts';
