export type { Calls, Reader } from '../calls/index.ts';
export { readBytes, type ReadOptions } from './read-bytes.ts';
export { RowList } from './RowList.tsx';
export { ReaderState } from './ReaderState.tsx';
export { useReader, type Loading, type ReaderKind } from './use-reader.ts';
export { usePages } from './use-pages.ts';
export { useRowHeight } from './use-row-height.ts';
