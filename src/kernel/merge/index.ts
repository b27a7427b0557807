export { goalsBetween, type TreeGoalsOptions } from './tree-goals.ts';
export { mergeText } from './text.ts';
export { TimeTravel, type TimeTravelOptions } from './time-travel.ts';
