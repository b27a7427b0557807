import { readerOf, type Reader } from '../calls/index.ts';
import type { SqliteApi } from './sqlite.worker.ts';

export type { DatabaseFacts, DatabaseObject, ObjectFacts, QueryResult, SqlCell } from './session.ts';
export type { SqliteApi } from './sqlite.worker.ts';

/** A worker that holds a copy of one database. To end it is the only way to end a query that runs. */
export const startSqliteReader = (): Reader<SqliteApi> => readerOf(new Worker(new URL('./sqlite.worker.ts', import.meta.url), { type: 'module', name: 'database' }));
