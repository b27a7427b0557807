export { LineLoop } from './line-loop.ts';
export type { LineEntry, LineFiles, LineHost } from './host.ts';
export { graphemes, graphemeWidth, printable, textWidth } from './width.ts';
