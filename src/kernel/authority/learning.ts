import { FILE_RIGHTS, NO_GRANTS, type Action, type ComponentGrants, type ExitStatus, type FileGrant, type FileRight } from '../../shared/abi/index.ts';
import { basename, dirname, joinPath } from '../../shared/base/index.ts';
import { actionFault, actionKey } from './action.ts';
import { globFault } from './glob.ts';
import { grantOfUrl } from './held.ts';
import type { Subject, Verdict } from './holder.ts';
import { manifestText } from './manifest-text.ts';
import { printable } from './printable.ts';

/** Runs that are remembered; the oldest goes first. */
const RUNS_MAX = 32;
/** Different actions, and paths, of one run. */
const ACTIONS_MAX = 2000;
const PATHS_MAX = 10_000;
/** Names in one directory from which on the directory is meant. */
const MANY = 4;

interface Learned {
  readonly subject: Subject;
  readonly actions: Map<string, Action>;
  /** Bits of `FILE_RIGHTS` by path. */
  readonly paths: Map<string, number>;
  /** Looked at, and not opened. */
  readonly looks: Set<string>;
  /** More happened than is remembered. */
  more: boolean;
}

/** What runs needed, for a manifest that grants no more. */
export class Learning {
  readonly #runs = new Map<number, Learned>();

  /** Of this run what it needs is noted from now on. */
  begin(run: number, subject: Subject): void {
    this.#runs.set(run, { subject, actions: new Map(), paths: new Map(), looks: new Set(), more: false });
    const oldest = this.#runs.keys().next();
    if (this.#runs.size > RUNS_MAX && !oldest.done) this.#runs.delete(oldest.value);
  }

  /** One decision. What was refused by somebody is not needed; what a dry run refused is. */
  note(run: number, action: Action, { decision, by }: Pick<Verdict, 'decision' | 'by'>): void {
    const learned = this.#runs.get(run);
    if (!learned || (decision === 'deny' && by !== 'dry-run') || actionFault({ ...action }) !== null) return;
    if (action.kind === 'file') this.#path(learned, action.path, action.rights);
    else if (learned.actions.size < ACTIONS_MAX) learned.actions.set(actionKey(action), action);
    else learned.more = true;
  }

  /** A file or directory that it looked at. */
  look(run: number, path: string): void {
    const learned = this.#runs.get(run);
    if (!learned) return;
    if (learned.looks.size < PATHS_MAX) learned.looks.add(path);
    else learned.more = true;
  }

  /** A file that it opened, made or removed. */
  file(run: number, path: string, rights: readonly FileRight[]): void {
    const learned = this.#runs.get(run);
    if (learned) this.#path(learned, path, rights);
  }

  /** The run has ended: what it and its children changed. Of files that it opened more is known by `file`. */
  ended(run: number, { changes }: Pick<ExitStatus, 'changes'>): void {
    const learned = this.#runs.get(run);
    if (!learned || !changes) return;
    for (const path of changes.written) this.#path(learned, path, ['write', 'create']);
    for (const path of changes.deleted) this.#path(learned, path, ['delete']);
    if (changes.more > 0) learned.more = true;
  }

  /** Of which program the run was; undefined for one that was not watched. */
  subject(run: number): Subject | undefined {
    return this.#runs.get(run)?.subject;
  }

  /** The least grants that cover what it did; files in coarse globs where they are many. */
  grants(run: number): ComponentGrants {
    const learned = this.#runs.get(run);
    if (!learned) return NO_GRANTS;
    const actions = [...learned.actions.values()];
    const texts = (kind: 'publish' | 'subscribe'): string[] => sorted(actions.flatMap((action) => (action.kind === kind ? [action.subject] : [])));
    const ports = (kind: 'listen' | 'connect'): number[] => actions.flatMap((action) => (action.kind === kind ? [action.port] : [])).sort((a, b) => a - b);
    const usual = learned.subject.grants;
    return {
      files: coarse(seen(learned)), http: hosts(actions), listen: ports('listen'), connect: ports('connect'), publish: texts('publish'), subscribe: texts('subscribe'),
      kv: sorted([...new Set(actions.flatMap((action) => (action.kind === 'kv' ? [action.namespace] : [])))]), spawn: sorted(actions.flatMap((action) => (action.kind === 'spawn' ? [action.path] : []))),
      clocks: usual.clocks, entropy: usual.entropy,
    };
  }

  /** The manifest that grants this. */
  text(run: number): string | null {
    const learned = this.#runs.get(run);
    if (!learned) return null;
    const { name, identity } = learned.subject;
    const head = [`What run ${run} of ${printable(name, 80)} needed. Look through it before you save it.`, ...(learned.more ? ['It did more than is remembered: run it again with less to do for the rest.'] : [])];
    return manifestText({ component: { id: identity.id ?? idOf(identity.path ?? name), trust: 'unknown', ...(identity.path === undefined ? {} : { module: basename(identity.path) }) }, grants: this.grants(run), limits: {} }, head);
  }

  #path(learned: Learned, path: string, rights: readonly FileRight[]): void {
    const bits = rights.reduce((sum, right) => sum | (1 << FILE_RIGHTS.indexOf(right)), 0);
    if (learned.paths.has(path) || learned.paths.size < PATHS_MAX) learned.paths.set(path, (learned.paths.get(path) ?? 0) | bits);
    else learned.more = true;
  }
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort();
}

function hosts(actions: readonly Action[]): ComponentGrants['http'] {
  const byHost = new Map<string, { host: string; methods: Set<string>; insecure: boolean }>();
  for (const action of actions) {
    if (action.kind !== 'http') continue;
    const { host, methods, insecure = false } = grantOfUrl(action.method, action.url);
    const key = `${insecure} ${host}`;
    const known = byHost.get(key) ?? { host, methods: new Set(), insecure };
    for (const method of methods) known.methods.add(method);
    byHost.set(key, known);
  }
  return [...byHost.values()].map(({ host, methods, insecure }) => ({ host, methods: sorted([...methods]), ...(insecure && { insecure }) }));
}

/** A name that could be an id; `module` if there is nothing in it. */
export function idOf(path: string): string {
  return `local.${basename(path).replace(/\.wasm$/, '').toLowerCase().replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '') || 'module'}`;
}

/** What it opened and changed, and what it only looked at; but for directories that lead to these, which can be looked at without a grant. */
function seen({ paths, looks }: Learned): ReadonlyMap<string, number> {
  const leading = new Set<string>();
  for (const path of [...paths.keys(), ...looks]) for (let up = dirname(path); up !== '/' && !leading.has(up); up = dirname(up)) leading.add(up);
  const all = new Map(paths);
  for (const path of looks) if (path !== '/' && !leading.has(path)) all.set(path, (all.get(path) ?? 0) | 1);
  return all;
}

/** Names of which there are many in a directory become all of them; directories of which there are many, the tree. */
function coarse(paths: ReadonlyMap<string, number>): FileGrant[] {
  let globs = new Map([...paths].filter(([path]) => globFault(path) === null && !/[*?]/.test(path)));
  globs = merged(globs, (path) => path, (directory) => joinPath(directory, '*'));
  globs = merged(globs, dirname, (directory) => joinPath(directory, '**'));
  const whole = [...globs.keys()].filter((glob) => glob.endsWith('/**')).map((glob) => glob.slice(0, -2));
  const kept = new Map<string, number>();
  for (const [glob, bits] of globs) {
    const around = whole.filter((directory) => glob !== `${directory}**` && `${glob}/`.startsWith(directory)).sort((a, b) => a.length - b.length)[0];
    const place = around === undefined ? glob : `${around}**`;
    kept.set(place, (kept.get(place) ?? 0) | bits);
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, bits]) => ({ path, rights: FILE_RIGHTS.filter((_, at) => bits & (1 << at)) }));
}

/** Where MANY globs have their `place` in one directory, `all` of that stands for them. */
function merged(globs: ReadonlyMap<string, number>, place: (glob: string) => string, all: (directory: string) => string): Map<string, number> {
  const byDirectory = new Map<string, string[]>();
  for (const glob of globs.keys()) {
    const directory = dirname(place(glob));
    if (glob !== '/' && directory !== '/') byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), glob]);
  }
  const result = new Map(globs);
  for (const [directory, members] of byDirectory) {
    if (members.length < MANY) continue;
    const bits = members.reduce((sum, glob) => sum | (globs.get(glob) ?? 0), 0);
    for (const glob of members) result.delete(glob);
    result.set(all(directory), bits | (result.get(all(directory)) ?? 0));
  }
  return result;
}
