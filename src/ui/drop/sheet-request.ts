import { NO_GRANTS, type ClockGrants, type ComponentGrants, type ComponentManifest, type FileRight, type Limits, type SpawnOptions } from '../../shared/abi/index.ts';
import { FILE_RIGHTS } from '../../shared/abi/index.ts';
import { normalizePath } from '../../shared/base/index.ts';
import { asksOf, tickedGrants } from '../authority/index.ts';
import { parseEnvironment, splitArguments } from './split-arguments.ts';

export const GRANTS = { all: 'the whole namespace', directory: 'this directory only', none: 'no files at all' } as const;
export type FileGrant = keyof typeof GRANTS;
export const RIGHTS = { write: 'read and write', read: 'read only' } as const;
export type FileRights = keyof typeof RIGHTS;

/** How it is run. */
export const MODES = {
  run: { text: 'Run', about: 'What it may not do, it asks you for.' },
  ask: { text: 'Run, and learn what it needs by asking', about: 'It asks you as ever; then there is the least manifest that this run needed, to look at and to keep.' },
  observe: { text: 'Run, and learn by observing', about: 'Everything but the network is allowed and noted; then there is the least manifest that this run needed.' },
  dry: { text: 'Dry run', about: 'What it changes goes to a layer of its own, and the network is refused; then you see what it would have done.' },
} as const;
export type RunMode = keyof typeof MODES;

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
  rights: FileRights;
  /** May know the time; may use randomness. */
  clocks: boolean;
  entropy: boolean;
  /** What it changes goes to a layer of its own first. */
  session: boolean;
  mode: RunMode;
}

/** A manifest with what of it was ticked. */
export interface ManifestChoice {
  manifest: ComponentManifest;
  /** Ids of `asksOf`. */
  ticked: ReadonlySet<string>;
  /** Those of files of which only reading is granted. */
  readOnly: ReadonlySet<string>;
}

export interface SheetRequest {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  preopens?: Record<string, string>;
  grants?: Partial<ClockGrants>;
  overlay?: NonNullable<SpawnOptions['overlay']>;
  permissions?: ComponentGrants;
  limits?: Partial<Limits>;
  learn?: 'ask' | 'observe';
  dryRun?: true;
}

/** Turns the fields into what `spawn` takes, or says what is wrong with which field. With a manifest what was ticked of it counts, not the fields of grants. */
export function readFields(fields: SheetFields, choice: ManifestChoice | null = null): { request: SheetRequest } | { field: 'args' | 'env' | 'cwd'; error: string } {
  const args = splitArguments(fields.args);
  if ('error' in args) return { field: 'args', error: args.error };
  const env = parseEnvironment(fields.env);
  if ('error' in env) return { field: 'env', error: env.error };
  if (!fields.cwd.startsWith('/')) return { field: 'cwd', error: 'The directory must begin with “/”.' };
  const cwd = normalizePath(fields.cwd);
  const { mode, session } = fields;
  return { request: {
    args: args.args, env: env.env, cwd, ...(choice ? chosen(choice) : granted(fields, cwd)),
    ...(session && mode !== 'dry' && { overlay: 'session' }), ...((mode === 'ask' || mode === 'observe') && { learn: mode }), ...(mode === 'dry' && { dryRun: true as const }),
  } };
}

function chosen({ manifest, ticked, readOnly }: ManifestChoice): Pick<SheetRequest, 'permissions' | 'limits'> {
  const permissions = tickedGrants(manifest.grants, ticked, readOnly);
  return Object.keys(manifest.limits).length > 0 ? { permissions, limits: manifest.limits } : { permissions };
}

/** Without a manifest: rights that are less than all need to be named one by one. */
function granted({ files, rights, clocks, entropy }: SheetFields, cwd: string): Pick<SheetRequest, 'permissions' | 'preopens' | 'grants'> {
  const withheld = (!clocks || !entropy) && { grants: { clocks, entropy } };
  if (rights === 'read' && files !== 'none') return { permissions: { ...NO_GRANTS, files: [{ path: files === 'all' || cwd === '/' ? '/**' : `${cwd}/**`, rights: ['read'] }], clocks, entropy }, ...withheld };
  return {
    ...(files === 'directory' && { preopens: { '.': cwd, [cwd]: cwd } }), ...(files === 'none' && { preopens: {} }),
    ...withheld,
  };
}

/** What is ticked to begin with: all of a program that is trusted, nothing of any other. */
export function firstTicks({ grants }: Pick<ComponentManifest, 'grants'>, trusted: boolean): ReadonlySet<string> {
  return new Set(trusted ? asksOf(grants).map(({ id }) => id) : []);
}

/** Of these files reading can be granted alone. */
export function canBeReadOnly(rights: readonly FileRight[]): boolean {
  return rights.includes('read') && FILE_RIGHTS.some((right) => right !== 'read' && rights.includes(right));
}
