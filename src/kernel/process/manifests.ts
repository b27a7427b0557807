import type { ComponentManifest } from '../../shared/abi/index.ts';
import { FsError, basename, dirname, joinPath } from '../../shared/base/index.ts';
import { MANIFEST_BYTES, readManifest } from '../authority/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import type { FileJudge } from './module-facts.ts';

export interface FoundManifest {
  path: string;
  manifest: ComponentManifest;
  /** It is the file that is shipped under its path. */
  shipped: boolean;
}

const COMMON = 'Component.toml';

async function textOf(namespace: Namespace, path: string): Promise<Uint8Array | null> {
  let file: Location;
  try {
    file = await namespace.walk(path, { operation: 'spawn' });
  } catch (error) {
    if (error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
  const { service } = file.mount;
  const { kind, size } = await service.stat(file.node);
  if (kind !== 'file') throw new FsError('EINVAL', 'spawn', path, { detail: `a manifest is a file, this is a ${kind}` });
  if (size > MANIFEST_BYTES) throw new FsError('EINVAL', 'spawn', path, { detail: `it has more than ${MANIFEST_BYTES / 1024} KiB` });
  return service.read(file.node, 0, MANIFEST_BYTES + 1);
}

async function read(path: string, bytes: Uint8Array): Promise<ComponentManifest> {
  const { manifest, problems } = await readManifest(new TextDecoder().decode(bytes));
  const [first] = problems;
  if (manifest) return manifest;
  throw new FsError('EINVAL', 'spawn', path, { detail: first ? `line ${first.line}, column ${first.column}: ${first.message}` : 'it cannot be read' });
}

/**
 * The manifest of a module at `module` (an absolute path without links): `<stem>.component.toml` beside it, else `Component.toml` in its directory if that
 * names it. @throws FsError EINVAL one that cannot be read or has faults, both at once
 */
export async function findManifest(namespace: Namespace, module: string, judge: FileJudge): Promise<FoundManifest | null> {
  const directory = dirname(module);
  const [own, common] = [joinPath(directory, `${basename(module).replace(/\.wasm$/, '')}.component.toml`), joinPath(directory, COMMON)];
  const [ownText, commonText] = await Promise.all([textOf(namespace, own), textOf(namespace, common)]);
  // A shared one with faults may be meant for this module or not: only who has no other must care.
  const shared = commonText && (await read(common, commonText).catch((error: unknown) => (ownText ? null : Promise.reject(error instanceof Error ? error : new Error(String(error))))));
  const applies = shared?.component.module === basename(module);
  if (ownText && applies) throw new FsError('EINVAL', 'spawn', module, { detail: `two manifests are for it, ${own} and ${common}: remove one` });
  if (ownText) return { path: own, manifest: await read(own, ownText), shipped: await judge.shipped(own, ownText) };
  return applies && commonText ? { path: common, manifest: shared, shipped: await judge.shipped(common, commonText) } : null;
}
