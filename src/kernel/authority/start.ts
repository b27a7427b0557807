import { FILE_RIGHTS, NO_GRANTS, RightBit, type ComponentGrants, type ComponentManifest, type FileGrant, type FileRight, type HttpGrant, type Trust } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { DirectoryGrant, GlobGrant, Grants } from '../capability/index.ts';
import { literalBase } from './glob.ts';
import type { ProgramRules } from './policy.ts';
import type { Unnumbered } from './held.ts';

/** Patterns of one directory, and directories of one program, at most. */
const GLOBS_MAX = 32;
const ALL_RIGHTS = 15;
const DIRECTORIES_MAX = 60;

/** What the module's origin allows of what its manifest claims. */
export function effectiveTrust(claimed: Trust, origin: Trust): Trust {
  return claimed === 'trusted' && origin !== 'trusted' ? 'unknown' : claimed;
}

/** What is held without a question. Of a program that is not trusted: files, which are opened at its start, clocks and entropy, as a program without a manifest has them; all else is asked for. */
export function grantedAtStart({ grants }: ComponentManifest, trust: Trust): ComponentGrants {
  if (trust === 'trusted') return grants;
  const { files, clocks, entropy } = grants;
  return { ...NO_GRANTS, files, clocks, entropy };
}

const bits = (rights: readonly FileRight[]): number => rights.reduce((sum, right) => sum | RightBit[right], 0);

/**
 * Preopens for grants of files: one a directory. `next` gives the numbers by which they are revoked. A working directory that lies in one
 * of them is one too, named `.`. @throws FsError E2BIG
 */
export function directoriesFor(files: readonly FileGrant[], cwd: string, next: () => number): DirectoryGrant[] {
  const byBase = new Map<string, FileGrant[]>();
  for (const file of files) {
    const { directory } = literalBase(file.path);
    byBase.set(directory, [...(byBase.get(directory) ?? []), file]);
  }
  const directories = [...byBase].map(([path, grants]) => directoryOf(path, grants, next));
  const around = directories.filter(({ path, globs }) => !globs && (cwd === path || cwd.startsWith(path === '/' ? '/' : `${path}/`))).sort((a, b) => b.path.length - a.path.length)[0];
  if (around && around.path !== cwd) directories.push({ ...around, name: '.', path: cwd });
  if (directories.length > DIRECTORIES_MAX) throw new FsError('E2BIG', 'spawn', undefined, { detail: `grants of files in ${directories.length} directories, ${DIRECTORIES_MAX} at most` });
  return directories;
}

function directoryOf(path: string, grants: readonly FileGrant[], next: () => number): DirectoryGrant {
  const [first] = grants;
  if (grants.length === 1 && first && literalBase(first.path).whole) return { name: path, path, rights: bits(first.rights), grant: next(), optional: true };
  if (grants.length > GLOBS_MAX) throw new FsError('E2BIG', 'spawn', path, { detail: `${grants.length} grants of files in one directory, ${GLOBS_MAX} at most` });
  const globs = grants.map((grant): GlobGrant => ({ path: grant.path, rights: bits(grant.rights), grant: next() }));
  return { name: path, path, globs, optional: true };
}

/** What a program starts with that has a manifest, or what the user ticked. */
export function grantsFor(component: ComponentGrants, cwd: string, listen: readonly number[], next: () => number): Grants {
  const { clocks, entropy, spawn } = component;
  return {
    directories: directoriesFor(component.files, cwd, next), spawn: false, kill: spawn.length > 0 ? 'children' : 'none', list: false, clocks, entropy, listen,
    connect: false, bind: false, workspace: false, component,
  };
}

function httpWithin(wanted: HttpGrant, given: readonly HttpGrant[]): HttpGrant | null {
  const methods = wanted.methods.filter((method) => given.some((one) => one.methods.includes(method) && hostWithin(wanted, one)));
  return methods.length > 0 ? { ...wanted, methods } : null;
}

function hostWithin(wanted: HttpGrant, given: HttpGrant): boolean {
  if (wanted.insecure && !given.insecure) return false;
  if (wanted.host === given.host) return true;
  const [name = '', port] = wanted.host.split(':');
  const [outer = '', outerPort] = given.host.split(':');
  // `*.b.example` and `a.b.example` both end in `.example`, which is what `*.example` names.
  return port === outerPort && outer.startsWith('*.') && name.endsWith(outer.slice(1)) && name !== outer.slice(2);
}

/**
 * The part of `wanted` that `held` covers: what a process can pass on. What is covered in part only is left out, but for rights to files and methods of HTTP,
 * which are taken one by one.
 */
export function withinHeld(held: readonly Unnumbered[], wanted: ComponentGrants): ComponentGrants {
  const has = (action: Parameters<Unnumbered['covers']>[0]): boolean => held.some((one) => one.covers(action));
  const http = held.flatMap((one) => (one.http ? [one.http] : []));
  return {
    files: wanted.files.flatMap((file) => {
      const rights = FILE_RIGHTS.filter((right) => file.rights.includes(right) && has({ kind: 'file', path: file.path, rights: [right] }));
      return rights.length > 0 ? [{ ...file, rights }] : [];
    }),
    http: wanted.http.flatMap((grant) => httpWithin(grant, http) ?? []),
    listen: wanted.listen.filter((port) => has({ kind: 'listen', port })),
    connect: wanted.connect.filter((port) => has({ kind: 'connect', port })),
    publish: wanted.publish.filter((subject) => has({ kind: 'publish', subject })),
    subscribe: wanted.subscribe.filter((subject) => has({ kind: 'subscribe', subject })),
    kv: wanted.kv.filter((namespace) => has({ kind: 'kv', namespace, access: 'write' })),
    spawn: wanted.spawn.filter((path) => has({ kind: 'spawn', path })),
    clocks: wanted.clocks && has({ kind: 'clocks' }),
    entropy: wanted.entropy && has({ kind: 'entropy' }),
  };
}

/** Of what a user's own shell starts only files, clocks and entropy are bounded by the shell; of what a program starts, everything. */
export function withinParent(held: readonly Unnumbered[], isUser: boolean, wanted: ComponentGrants): ComponentGrants {
  const within = withinHeld(held, wanted);
  if (!isUser) return within;
  const { files, clocks, entropy } = within;
  return { ...wanted, files, clocks, entropy };
}

/**
 * What a program may open, without what the policy denies or wants asked (PF4): a directory that such a rule meets loses its rights, for files are opened
 * where the process runs and there is nobody to ask.
 */
export function withheld(grants: Grants, rules: ProgramRules): Grants {
  if (!rules.has('file')) return grants;
  const left = (path: string, given: number): number => FILE_RIGHTS.reduce((sum, right) => {
    const decision = given & RightBit[right] ? rules.find({ kind: 'file', path, rights: [right] })?.decision : 'deny';
    return decision === undefined || decision === 'allow' ? sum | RightBit[right] : sum;
  }, 0);
  return {
    ...grants,
    directories: grants.directories.flatMap((directory): DirectoryGrant[] => {
      const { path, rights = ALL_RIGHTS, globs } = directory;
      if (globs) return [{ ...directory, globs: globs.map((glob) => ({ ...glob, rights: left(glob.path, glob.rights) })).filter((glob) => glob.rights !== 0) }];
      const kept = left(path === '/' ? '/**' : `${path}/**`, rights);
      return kept === 0 ? [] : [kept === ALL_RIGHTS ? directory : { ...directory, rights: kept }];
    }),
  };
}
