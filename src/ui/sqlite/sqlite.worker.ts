import initSqlJs from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { serveCalls } from '../calls/index.ts';
import { DatabaseSession } from './session.ts';

let session: DatabaseSession | null = null;

const current = (): DatabaseSession => {
  if (!session) throw new Error('nothing is open');
  return session;
};

type Sort = { column: number; descending: boolean } | null;

const api = {
  load: async (bytes: Uint8Array) => {
    session = new DatabaseSession(await initSqlJs({ locateFile: () => wasmUrl }), bytes);
    return session.facts;
  },
  describe: (name: string) => current().describe(name),
  rows: (name: string, columns: string[], from: number, to: number, sort: Sort) => current().rows(name, columns, from, to, sort),
  value: (name: string, columns: string[], row: number, column: number, sort: Sort) => current().value(name, columns, row, column, sort),
  query: (sql: string) => current().query(sql),
};

export type SqliteApi = typeof api;

serveCalls(api);
