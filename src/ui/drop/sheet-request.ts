import type { ClockGrants, SpawnOptions } from '../../shared/abi/index.ts';
import { normalizePath } from '../../shared/base/index.ts';
import { parseEnvironment, splitArguments } from './split-arguments.ts';

export const GRANTS = { all: 'the whole namespace', directory: 'this directory only', none: 'no files at all' } as const;
export type FileGrant = keyof typeof GRANTS;

/** Grants that the sheet offers where the module asks for them; `ability` as the inspector has it. */
export const WITHHELD = [
  { field: 'clocks', ability: 'time', label: 'May know the time' },
  { field: 'entropy', ability: 'random', label: 'May use randomness' },
] as const;
export type WithheldGrant = (typeof WITHHELD)[number];

export interface SheetFields {
  args: string;
  env: string;
  cwd: string;
  files: FileGrant;
  /** May know the time; may use randomness. */
  clocks: boolean;
  entropy: boolean;
  /** What it changes goes to a layer of its own first. */
  session: boolean;
}

export interface SheetRequest {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  preopens?: Record<string, string>;
  grants?: Partial<ClockGrants>;
  overlay?: NonNullable<SpawnOptions['overlay']>;
}

/** Turns the fields into what `spawn` takes, or says what is wrong with which field. */
export function readFields(fields: SheetFields): { request: SheetRequest } | { field: 'args' | 'env' | 'cwd'; error: string } {
  const args = splitArguments(fields.args);
  if ('error' in args) return { field: 'args', error: args.error };
  const env = parseEnvironment(fields.env);
  if ('error' in env) return { field: 'env', error: env.error };
  if (!fields.cwd.startsWith('/')) return { field: 'cwd', error: 'The directory must begin with “/”.' };
  const cwd = normalizePath(fields.cwd);
  const request: SheetRequest = { args: args.args, env: env.env, cwd };
  if (fields.files === 'directory') request.preopens = { '.': cwd, [cwd]: cwd };
  if (fields.files === 'none') request.preopens = {};
  if (fields.session) request.overlay = 'session';
  const { clocks, entropy } = fields;
  if (!clocks || !entropy) request.grants = { clocks, entropy };
  return { request };
}
