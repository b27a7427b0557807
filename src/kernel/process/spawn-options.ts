import type { ComponentGrants, Point, SpawnOptions } from '../../shared/abi/index.ts';
import { FsError, basename } from '../../shared/base/index.ts';
import { checkGrants } from '../authority/index.ts';
import type { DirectoryGrant } from '../capability/index.ts';
import { parseListen } from '../net/index.ts';

/** Bytes (UTF-16 units, at least) of arguments and environment together, at most. */
const ARGUMENTS_MAX = 2 * 1024 * 1024;
/** Preopened directories, at most. */
const PREOPENS_MAX = 60;
/** Listening sockets, at most. */
const LISTEN_MAX = 16;
const DEFAULT_CWD = '/home';

function invalid(detail: string): FsError {
  return new FsError('EINVAL', 'spawn', undefined, { detail });
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw invalid(`${what} is not a string`);
  if (value.includes('\0')) throw invalid(`${what} contains NUL`);
  return value;
}

/** What a caller from another realm gave, checked. */
export interface CheckedOptions {
  name: string;
  args: string[];
  /** `NAME=value`. */
  env: string[];
  cwd: string;
  /** Preopened, in the order of their descriptors. */
  directories: DirectoryGrant[];
  /** Ports to listen on. */
  listen: number[];
}

/** @throws FsError EINVAL, E2BIG, EADDRNOTAVAIL */
export function checkOptions(options: SpawnOptions): CheckedOptions {
  const args = (options.args ?? []).map((arg, at) => text(arg, `argument ${at + 1}`));
  const cwd = text(options.cwd ?? DEFAULT_CWD, 'the working directory');
  const name = text(options.name ?? defaultName(options.module), 'the name');
  const listen = listening(options.listen);
  const env = environment(options, listen.length);
  const size = [...args, ...env].reduce((sum, one) => sum + one.length + 1, 0);
  if (size > ARGUMENTS_MAX) throw new FsError('E2BIG', 'spawn', name, { detail: `arguments and environment have ${size} characters, ${ARGUMENTS_MAX} at most` });
  return { name, args, env, cwd: options.preopens && !options.cwd ? '/' : cwd, directories: directories(options.preopens, cwd), listen };
}

/** What the user ticked, and how the run is to be treated. */
export interface RunMode {
  permissions: ComponentGrants | undefined;
  learn: 'ask' | 'observe' | undefined;
  dryRun: boolean;
}

/** @throws FsError EINVAL */
export function checkMode({ permissions, learn, dryRun, at }: Pick<SpawnOptions, 'permissions' | 'learn' | 'dryRun' | 'at'>): RunMode {
  if (learn !== undefined && learn !== 'ask' && learn !== 'observe') throw invalid('learn is ask or observe');
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw invalid('dryRun is true or false');
  if (dryRun && at !== undefined) throw invalid('a dry run has a session of its own, it cannot be in the past');
  return { permissions: permissions === undefined ? undefined : checkGrants(permissions, 'spawn'), learn, dryRun: dryRun ?? false };
}

/** In what it is to run beside the workspace; null: nothing. @throws FsError EINVAL */
export function checkLine({ overlay: given, at, dryRun }: Pick<SpawnOptions, 'overlay' | 'at' | 'dryRun'>): { overlay?: string; at?: Point } | null {
  const overlay = given === undefined && dryRun === true ? 'session' : given;
  if (overlay === undefined && at === undefined) return null;
  if (overlay !== undefined && at !== undefined) throw invalid('a process runs in an overlay or at a point, not in both');
  if (overlay !== undefined) return { overlay: text(overlay, 'the overlay') };
  if (typeof at !== 'string' && typeof at !== 'number') throw invalid('a point is a number or a name');
  return { at };
}

function defaultName(module: SpawnOptions['module']): string {
  return typeof module === 'string' ? basename(module).replace(/\.wasm$/, '') || 'a.out' : 'a.out';
}

function listening(addresses: unknown): number[] {
  if (addresses === undefined) return [];
  if (!Array.isArray(addresses) || addresses.length > LISTEN_MAX) throw invalid(`listen is a list of at most ${LISTEN_MAX} addresses`);
  return addresses.map(parseListen);
}

/** `LISTEN_FDS` is what servers that are handed their sockets look for. `PWD` is added where the program has a working directory: Go and others read it. */
function environment({ env, cwd, preopens }: SpawnOptions, listeners: number): string[] {
  const pairs = Object.entries(env ?? {}).map(([name, value]) => {
    if (name === '' || name.includes('=')) throw invalid(`${JSON.stringify(name.slice(0, 40))} is no name of a variable`);
    return `${text(name, 'a variable’s name')}=${text(value, name)}`;
  });
  if (listeners > 0 && env?.['LISTEN_FDS'] === undefined) pairs.unshift(`LISTEN_FDS=${listeners}`);
  const place = cwd ?? (preopens ? undefined : DEFAULT_CWD);
  return place === undefined || env?.['PWD'] !== undefined ? pairs : [`PWD=${place}`, ...pairs];
}

/**
 * By default `/` and the working directory, in this order: of two that match equally wasi-libc takes the later one, so that it asks
 * for every path at `.`, where the guest decides what was meant (WD1 in `guest/vfs/SPEC.md`); others take `/` for absolute paths.
 */
function directories(preopens: Record<string, string> | undefined, cwd: string): DirectoryGrant[] {
  if (!preopens) return [{ name: '/', path: '/' }, { name: '.', path: cwd }];
  const given = Object.entries(preopens).map(([name, path]) => ({ name: text(name, 'a preopen'), path: text(path, name) }));
  if (given.length > PREOPENS_MAX) throw invalid(`${given.length} preopens, ${PREOPENS_MAX} at most`);
  return given;
}
