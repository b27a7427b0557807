import type { FolderProvider } from '../contract/index.ts';
import type { LiveFolder, LiveMap } from './live-folder.ts';
import { foldName, inside, splitPath } from './names.ts';
import { blockBelow, type PlanItem, type ThreeSides } from './plan.ts';
import type { Progress } from './progress.ts';
import type { FolderMap } from './scan.ts';

/** Marks what the system cannot store under its name, before anything is written. */
export async function checkNames(items: readonly PlanItem[], sides: ThreeSides, provider: FolderProvider, progress: Progress): Promise<void> {
  const made = items.filter(({ act, disk, change }) => (act === 'write' || act === 'mkdir') && !disk && change.problem === undefined);
  if (made.length === 0) return;
  const siblings = byFoldedName([...sides.mine.keys(), ...sides.disk.keys()]);
  let blind: boolean | undefined;
  for (const { change } of made) {
    progress.check();
    const { dir, name } = splitPath(change.path);
    const problem = await provider.nameProblem(dir, name);
    const twin = siblings.get(inside(dir, foldName(name)))?.find((path) => path !== change.path);
    if (problem !== null) change.problem = problem;
    else if (twin !== undefined && (blind ??= await ignoresCase(sides.disk, provider))) {
      change.problem = `the system takes the name for that of ${splitPath(twin).name}`;
    }
  }
  blockBelow(items);
}

function byFoldedName(paths: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const { dir, name } = splitPath(path);
    const key = inside(dir, foldName(name));
    const known = found.get(key);
    if (known) known.push(path);
    else found.set(key, [path]);
  }
  return found;
}

/** Whether something is found under a name in which only the case is another. False where there is nothing to try it with. */
async function ignoresCase(disk: FolderMap, provider: FolderProvider): Promise<boolean> {
  for (const path of disk.keys()) {
    const { dir, name } = splitPath(path);
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
    if (other === name || disk.has(inside(dir, other))) continue;
    return (await provider.stat(inside(dir, other))) !== undefined;
  }
  return false;
}

/** Files that both sides made or changed to the same bytes are in no conflict. */
export async function settleEqual(items: readonly PlanItem[], mine: LiveMap, live: LiveFolder, provider: FolderProvider, progress: Progress): Promise<void> {
  for (const item of items) {
    const { act, disk, change } = item;
    const file = mine.get(change.path);
    if (act !== 'write' || !change.conflict || disk?.kind !== 'file' || file?.kind !== 'file' || file.size !== disk.size) continue;
    progress.step(0, 0, change.path);
    let at = 0;
    let equal = true;
    for await (const part of live.bytes(file.node, progress)) {
      equal = sameBytes(part, await provider.read(change.path, disk, at, part.length));
      at += part.length;
      if (!equal) break;
    }
    if (!equal) continue;
    item.act = 'settle';
    change.change = 'settle';
    delete change.conflict;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
