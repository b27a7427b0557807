import { serveCalls } from '../calls/index.ts';
import { TreeSession, type TreeFormat } from './session.ts';

let session: TreeSession | null = null;

const current = (): TreeSession => {
  if (!session) throw new Error('nothing is open');
  return session;
};

const api = {
  load: async (bytes: Uint8Array, format: TreeFormat) => {
    const readYaml = format === 'yaml' ? (await import('./yaml.ts')).readYaml : null;
    session = new TreeSession(bytes, format, readYaml);
    return session.facts;
  },
  rows: (from: number, to: number) => current().rows(from, to),
  toggle: (row: number, open: boolean, deep: boolean) => current().toggle(row, open, deep),
  parentRow: (row: number) => current().parentRow(row),
  find: (query: string, row: number, backwards: boolean) => current().find(query, row, backwards),
  path: (row: number) => current().path(row),
  value: (row: number) => current().value(row),
  line: (row: number) => current().line(row),
};

export type TreeApi = typeof api;

serveCalls(api);
