export { JournalIndex, type JournalIndexOptions } from './journal-index.ts';
export { PastView, type Present } from './past-view.ts';
