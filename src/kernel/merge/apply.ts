import type { MergeConflict } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Node, NodeRecord } from '../contract/index.ts';
import { directoryOf, lastPart } from '../history/index.ts';
import type { TreeService } from '../services/tree/index.ts';
import type { Plan, Step } from './steps.ts';

/** Nothing more can be changed: the rest of the plan is not tried. */
const FATAL = new Set(['EROFS', 'ENOSPC', 'EIO']);

/** What was done, and what could not be. */
export interface Applied {
  changed: string[];
  conflicts: MergeConflict[];
}

/**
 * Takes the steps in the live tree, through a service that acts in the run's name. Others may have changed it since the plan was made: each step looks
 * at its path again, and leaves what is not as it was. @throws FsError EROFS, ENOSPC, EIO before anything was changed; later these are conflicts
 */
export async function applyPlan({ steps, conflicts }: Plan, service: TreeService): Promise<Applied> {
  const done: Applied = { changed: [], conflicts: [...conflicts] };
  const changed = new Set<string>();
  for (const [at, step] of steps.entries()) {
    try {
      await take(step, service);
      changed.add(step.op === 'move' ? step.to : step.path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (!FATAL.has(error.code)) done.conflicts.push(failed(step, error));
      else if (changed.size === 0) throw error;
      else {
        for (const rest of steps.slice(at)) done.conflicts.push(failed(rest, error));
        break;
      }
    }
  }
  return { ...done, changed: [...changed] };
}

function failed({ path }: Step, error: FsError): MergeConflict {
  const { code } = error;
  const reason = code === 'EEXIST' ? 'exists' : code === 'ENOTEMPTY' ? 'not-empty' : code === 'ENOTDIR' ? 'no-parent' : code === 'ENOENT' ? 'deleted-later' : 'changed-later';
  return { path, reason, detail: error.detail ?? error.message };
}

async function take(step: Step, service: TreeService): Promise<void> {
  const name = lastPart(step.path);
  const dir = await directory(service, step.path);
  switch (step.op) {
    case 'mkdir': return void (await service.mkdir(dir, name));
    case 'symlink': return void (await service.symlink(dir, name, step.record.target ?? ''));
    case 'create': {
      const { size, chunks, base, atime, mtime } = step.record;
      return void (await service.adopt(dir, name, contentsOf({ size, chunks, base }), { atime, mtime }));
    }
    case 'link': return service.linkName(await directory(service, step.existing), lastPart(step.existing), dir, name);
    case 'move': {
      await present(service, dir, name, step);
      const target = await directory(service, step.to);
      if (await exists(service, target, lastPart(step.to))) throw new FsError('EEXIST', 'rename', step.to);
      return service.rename(dir, name, target, lastPart(step.to));
    }
    case 'remove': {
      await present(service, dir, name, step, step.kind === 'file');
      return step.kind === 'directory' ? service.rmdir(dir, name) : service.unlink(dir, name);
    }
    case 'replace': return service.replace(await present(service, dir, name, step, true), step.contents, { mtime: step.mtime });
    case 'write': return write(service, await present(service, dir, name, step, true), step.bytes);
    case 'times': return service.setTimes(await present(service, dir, name, step), undefined, step.mtime);
  }
}

function contentsOf({ size, chunks, base }: { size: number; chunks: NodeRecord['chunks']; base: string | undefined }) {
  return { size, ...(chunks ? { chunks } : {}), ...(base === undefined ? {} : { base }) };
}

async function directory(service: TreeService, path: string): Promise<Node> {
  try {
    return await find(service, directoryOf(path));
  } catch (error) {
    if (error instanceof FsError && error.code === 'ENOENT') throw new FsError('ENOTDIR', 'merge', path, { detail: `the directory ${directoryOf(path)} is not there any more` });
    throw error;
  }
}

async function find(service: TreeService, path: string): Promise<Node> {
  let node = service.root();
  for (const name of path.split('/')) if (name !== '') node = await service.lookup(node, name);
  return node;
}

async function exists(service: TreeService, dir: Node, name: string): Promise<boolean> {
  try {
    await service.lookup(dir, name);
    return true;
  } catch (error) {
    if (error instanceof FsError && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** The node of a step, if it is still the one that the plan saw; `unchanged`: with the contents that it saw. */
async function present(service: TreeService, dir: Node, name: string, { path, ino, was }: Step, unchanged = false): Promise<Node> {
  const node = await service.lookup(dir, name);
  const stat = await service.stat(node);
  if (ino !== undefined && stat.ino !== ino) throw new FsError('EBUSY', 'merge', path, { detail: `another file took the name ${path} meanwhile` });
  if (unchanged && was && (stat.size !== was.size || stat.mtime !== was.mtime)) throw new FsError('EBUSY', 'merge', path, { detail: `${path} was changed meanwhile` });
  return node;
}

async function write(service: TreeService, node: Node, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await service.write(node, at, bytes.subarray(at));
  await service.truncate(node, bytes.length);
}
