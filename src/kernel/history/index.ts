export { changesBetween, contentDiffers, sameBytes, type ChangeSet, type NodeChange, type SlotChange } from './changes.ts';
export { History, type HistoryOptions } from './history.ts';
export { JournalIndex, trimmed, type JournalIndexOptions } from './journal-index.ts';
export { Moves } from './moves.ts';
export { PastView, type Present } from './past-view.ts';
export { directoryOf, isWithin, joinName, lastPart, nodeEffect, nodeEffects, slotEffects } from './effects.ts';
export { addRecord, emptyChanges } from './changes.ts';
export { nodeBefore } from './contents.ts';
export { findInView, readFile, walkView, type Found } from './walk.ts';
