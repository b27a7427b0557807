import { readerOf, type Reader } from '../calls/index.ts';
import type { CsvApi } from './csv.worker.ts';

export type { CsvApi } from './csv.worker.ts';
export { DELIMITERS, type Delimiter } from './rows.ts';
export type { Arrangement, TableFacts, TableRow } from './session.ts';

/** A worker that holds one table of text. */
export const startCsvReader = (): Reader<CsvApi> => readerOf(new Worker(new URL('./csv.worker.ts', import.meta.url), { type: 'module', name: 'table' }));
