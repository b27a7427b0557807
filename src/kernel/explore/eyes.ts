import { FILE_RIGHTS, RightBit, type ProcessDirectory, type ProcessView } from '../../shared/abi/index.ts';
import { Glob } from '../authority/index.ts';
import { ALL_RIGHTS, type DirectoryGrant } from '../capability/index.ts';
import type { ProcessRecord } from '../process/index.ts';

const named = (rights: number): string[] => FILE_RIGHTS.filter((right) => (rights & RightBit[right]) !== 0);

/** What a process has of the namespace, as data. */
export function viewOf({ pid, name, cwd, namespace, grants, line }: ProcessRecord): ProcessView {
  return {
    pid, name, cwd, ...(line && { overlay: line.name }),
    mounts: namespace.mounts().map(({ path, service }) => ({ path, service: service.name, flags: service.write ? 'rw' : 'ro' })),
    script: namespace.script(),
    directories: grants.directories.map(directoryOf),
  };
}

function directoryOf({ name, path, rights = ALL_RIGHTS, globs }: DirectoryGrant): ProcessDirectory {
  return { name, path, rights: named(rights), ...(globs && { globs: globs.map((glob) => ({ path: glob.path, rights: named(glob.rights) })) }) };
}

/** Tells of paths what a process may do there by the directories that it was given; bits of `RightBit`. Made for one listing. */
export function rightsIn(directories: readonly DirectoryGrant[]): (path: string) => number {
  const rules = directories.map(({ path, rights = ALL_RIGHTS, globs }) => ({
    path, rights, globs: globs?.map((glob) => ({ glob: new Glob(glob.path), rights: glob.rights })),
  }));
  return (path) => rules.reduce((sum, rule) => (isBelow(path, rule.path) ? sum | rightsBy(rule, path) : sum), 0);
}

function rightsBy({ rights, globs }: { rights: number; globs: { glob: Glob; rights: number }[] | undefined }, path: string): number {
  return globs ? globs.reduce((sum, each) => (each.glob.covers(path) ? sum | each.rights : sum), 0) : rights;
}

const isBelow = (path: string, directory: string): boolean => directory === '/' || path === directory || path.startsWith(`${directory}/`);
