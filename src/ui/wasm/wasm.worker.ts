import { serveCalls } from '../calls/index.ts';
import { WasmSession, type FunctionOrder } from './session.ts';

let session: WasmSession | null = null;

const current = (): WasmSession => {
  if (!session) throw new Error('nothing is open');
  return session;
};

const api = {
  open: (bytes: Uint8Array) => {
    session = new WasmSession(bytes);
    return session.opened;
  },
  scan: () => current().scan(),
  functions: (query: string, order: FunctionOrder) => current().functions(query, order),
  rows: (indexes: number[]) => current().rows(indexes),
  openFunction: (index: number) => current().open(index),
  lines: (index: number, from: number, to: number) => current().lines(index, from, to),
  text: (index: number) => current().text(index),
  /** BLAKE3 of the whole file, in hexadecimal. */
  hash: async () => (await import('hash-wasm')).blake3(current().bytes),
  sizes: () => current().sizes(),
};

export type WasmApi = typeof api;

serveCalls(api);
