export { TimelinePane } from './TimelinePane.tsx';
export { momentText, runName } from './wording.ts';
