export { BranchService } from './branch-service.ts';
export type { Line } from './line.ts';
export { Lines, type LinesOptions, type LinesParts, type LineUse } from './lines.ts';
