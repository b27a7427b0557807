import { serveCalls } from '../calls/index.ts';
import type { Delimiter } from './rows.ts';
import { TableSession, type Arrangement } from './session.ts';

let session = new TableSession(new Uint8Array());

const api = {
  load: (bytes: Uint8Array) => {
    session = new TableSession(bytes);
    return session.open({ delimiter: null, header: null });
  },
  open: (options: { delimiter: Delimiter | null; header: boolean }) => session.open(options),
  rows: (from: number, to: number) => session.rows(from, to),
  cell: (at: number, column: number) => session.cell(at, column),
  arrange: (arrangement: Arrangement) => session.arrange(arrangement),
};

export type CsvApi = typeof api;

serveCalls(api);
