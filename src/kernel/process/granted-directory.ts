import { RightBit } from '../../shared/abi/index.ts';
import { FsError, basename, dirname } from '../../shared/base/index.ts';
import { rightsOfGrant, type DirectoryGrant } from '../capability/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import type { Caller } from '../contract/index.ts';

/**
 * The directory of a grant; null: it is not there, and the program starts without it (`optional`). One that the program may create things in is
 * made, when its parent is there and no link leads to that: what keeps its files somewhere could never start to. @throws FsError what else keeps it from being found
 */
export async function grantedDirectory(namespace: Namespace, grant: DirectoryGrant, caller: Caller): Promise<Location | null> {
  const options = { operation: 'spawn', ...(caller !== undefined && { caller }) };
  try {
    return await namespace.walk(grant.path, options);
  } catch (error) {
    if (!grant.optional || !(error instanceof FsError) || (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')) throw error;
    // What its giver did not find stays nothing.
    const isOurs = grant.node === undefined && error.code === 'ENOENT' && (rightsOfGrant(grant) & RightBit.create) !== 0;
    return isOurs ? made(namespace, grant.path, options) : null;
  }
}

/** A failure is as if it could not be: the program starts all the same. */
async function made(namespace: Namespace, path: string, options: { operation: string; caller?: Caller }): Promise<Location | null> {
  try {
    const { mount, node, path: at } = await namespace.walk(dirname(path), options);
    if (at !== dirname(path) || !mount.service.mkdir) return null;
    const name = basename(path);
    // A link that leads nowhere is a name too: EEXIST.
    return { mount, node: await mount.service.mkdir(node, name), path };
  } catch {
    return null;
  }
}
