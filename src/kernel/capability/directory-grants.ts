import { GLOB_PARTS_MAX, GLOBS_MAX, type GlobPattern } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { DirectoryGrant, Grants } from './grants.ts';

/** All bits of `RightBit`. */
export const ALL_RIGHTS = 15;

/** What can be had by a directory at all. */
export function rightsOfGrant({ rights = ALL_RIGHTS, globs }: DirectoryGrant): number {
  return (globs ? globs.reduce((sum, glob) => sum | glob.rights, 0) : rights) & ALL_RIGHTS;
}

/** The globs of a grant as they stand in the arena; null if it has none. @throws FsError EINVAL */
export function patternsOf({ path, globs, grant = 0 }: DirectoryGrant): GlobPattern[] | null {
  if (!globs) return null;
  if (globs.length > GLOBS_MAX) throw invalid(path, `${globs.length} globs, ${GLOBS_MAX} at most`);
  return globs.map((glob) => {
    const text = relative(path, glob.path);
    if (text.split('/').length > GLOB_PARTS_MAX) throw invalid(glob.path, `a glob has at most ${GLOB_PARTS_MAX} parts`);
    return { text: new TextEncoder().encode(text), rights: glob.rights & ALL_RIGHTS, grant: glob.grant ?? grant };
  });
}

function relative(directory: string, glob: string): string {
  if (glob === directory) return '';
  const above = directory === '/' ? '/' : `${directory}/`;
  if (!glob.startsWith(above)) throw invalid(glob, `it is not below ${directory}`);
  return glob.slice(above.length);
}

function invalid(path: string, detail: string): FsError {
  return new FsError('EINVAL', 'spawn', path.slice(0, 80), { detail });
}

/** The grant of the namespace's root, if no name in it is kept away. */
export function rootOf(directories: readonly DirectoryGrant[]): DirectoryGrant | undefined {
  return directories.find(({ path, globs }) => path === '/' && !globs);
}

/** Whether paths of a directory may go up to the root by `..` and absolute links, while the root is granted: who was given both has there what the directory gives. */
export function reachesRoot(directory: DirectoryGrant, root: DirectoryGrant): boolean {
  return !directory.globs && (rightsOfGrant(directory) & ~rightsOfGrant(root)) === 0;
}

/** Whether a process has the whole namespace, with every right: then it may change it. */
export function isWhole({ directories }: Grants): boolean {
  const root = directories.find(({ name, path, globs }) => name === '/' && path === '/' && !globs);
  return root !== undefined && rightsOfGrant(root) === ALL_RIGHTS;
}

/** Without what came from these grants. */
export function withoutGrants(grants: Grants, revoked: ReadonlySet<number>): Grants {
  const directories = grants.directories.flatMap((one) => {
    if (revoked.has(one.grant ?? 0)) return [];
    if (!one.globs) return [one];
    const globs = one.globs.filter(({ grant }) => !revoked.has(grant ?? one.grant ?? 0));
    return globs.length === 0 ? [] : [{ ...one, globs }];
  });
  return { ...grants, directories };
}
