import type { FolderChange, FolderChoice, FolderCommitResult } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { FolderProvider, FolderStat } from '../contract/index.ts';
import type { Baseline } from './baseline.ts';
import type { FolderContents } from './contents.ts';
import type { LiveEntry, LiveFolder } from './live-folder.ts';
import { besideName, inside, splitPath } from './names.ts';
import { above, type PlanItem } from './plan.ts';
import type { Progress } from './progress.ts';
import { referenceOf } from './reference.ts';
import { sameStat } from './scan.ts';

export interface CommitParts {
  id: number;
  provider: FolderProvider;
  contents: FolderContents;
  live: LiveFolder;
  baseline: Baseline;
  progress: Progress;
  /** How many items are done, for who goes on later. */
  putDone(done: number): Promise<void>;
}

/** Items between two notes of how far it is. */
const NOTE_EVERY = 64;
/** Where the system's clock of files is coarse: until a file that was written again has another time. */
const COARSE = 1100;
const COARSE_TRIES = 4;

/**
 * Does what was planned, one item after the other. Each is whole or not at all, and what is noted of it is noted after it: whatever interrupts,
 * looking at the three sides again finds what is left to do.
 */
export class Committer {
  readonly #parts: CommitParts;
  readonly #choice: (path: string) => FolderChoice | undefined;
  readonly #result: FolderCommitResult = { done: [], left: [], interrupted: false };
  /** The tree was changed since it was last made durable. */
  #touched = false;

  constructor(parts: CommitParts, choice: (path: string) => FolderChoice | undefined) {
    this.#parts = parts;
    this.#choice = choice;
  }

  async run(items: readonly PlanItem[]): Promise<FolderCommitResult> {
    const { progress } = this.#parts;
    progress.phase('commit');
    for (const [at, item] of items.entries()) {
      if (!(await this.#attempt(item, at, items.length))) {
        this.#result.interrupted = true;
        break;
      }
      if (at % NOTE_EVERY === NOTE_EVERY - 1) await this.#note(at + 1);
    }
    await this.#note(this.#result.interrupted ? this.#result.done.length : items.length);
    return this.#result;
  }

  /** What the tree took must be durable before it is said that it has it. */
  async #note(done: number): Promise<void> {
    if (this.#touched) await this.#parts.live.sync();
    this.#touched = false;
    await this.#parts.baseline.flush();
    await this.#parts.putDone(done);
  }

  /** False if there is no sense in going on. */
  async #attempt(item: PlanItem, at: number, total: number): Promise<boolean> {
    const { change } = item;
    if (!isDoable(change, this.#choice(change.path))) {
      this.#result.left.push(change);
      return true;
    }
    try {
      this.#parts.progress.step(at, total, change.path);
      await this.#do(item);
      if (item.act !== 'settle' && !item.moved) this.#result.done.push(change);
      return true;
    } catch (error) {
      const failure = error instanceof FsError ? error : new FsError('EIO', 'commit', change.path, { cause: error, detail: String(error) });
      if (failure.code === 'ECANCELED' && this.#parts.progress.signal.aborted) return false;
      if (failure.code === 'EACCES' && (await this.#parts.provider.permission('readwrite')) !== 'granted') return false;
      this.#result.left.push({ ...change, problem: failure.detail ?? failure.message });
      return true;
    }
  }

  async #do(item: PlanItem): Promise<void> {
    const { act, disk, change: { path, conflict } } = item;
    if (act === 'settle') return this.#settle(path, disk);
    const choice = conflict && this.#choice(path);
    if (conflict && choice !== 'mine') {
      if (choice === 'both' && act === 'write' && disk) return this.#both(path, disk);
      if (!(choice === 'both' && act === 'write')) return this.#theirs(path, disk);
    }
    if (act === 'remove') return this.#remove(path, disk);
    if (act === 'mkdir') return this.#mkdir(path, disk);
    await this.#write(path, path, disk);
  }

  async #settle(path: string, disk: FolderStat | null): Promise<void> {
    const { baseline, live } = this.#parts;
    if (!disk) baseline.delete(path);
    else baseline.set(path, disk, disk.kind === 'file' ? (await live.file(path)).fingerprint : undefined);
  }

  async #theirs(path: string, disk: FolderStat | null): Promise<void> {
    const { live, baseline, id } = this.#parts;
    this.#touched = true;
    if (disk) {
      await live.take(path, disk, referenceOf(id, path, disk));
      baseline.set(path, disk);
    } else {
      await live.drop(path);
      baseline.delete(path);
    }
  }

  /** The folder's stays where it is, on both sides; ours goes beside it, on both sides. */
  async #both(path: string, disk: FolderStat): Promise<void> {
    const { live, provider } = this.#parts;
    const { dir, name } = splitPath(path);
    const taken = new Set<string>();
    let beside = besideName(name, () => false);
    while ((await provider.stat(inside(dir, beside))) || (await live.has(inside(dir, beside)))) {
      taken.add(beside);
      beside = besideName(name, (candidate) => taken.has(candidate));
    }
    await this.#write(path, inside(dir, beside), null);
    await live.rename(path, inside(dir, beside));
    await this.#theirs(path, disk);
  }

  async #write(path: string, target: string, disk: FolderStat | null): Promise<void> {
    const { live, provider, baseline } = this.#parts;
    const file = await live.file(path);
    await this.#makeRoom(target, disk);
    const expected = disk?.kind === 'file' ? disk : null;
    let stat = await provider.write(target, this.#bytes(path, file), expected);
    // Size and time must tell the new contents from the old ones.
    for (let tries = 0; expected && stat.size === expected.size && stat.mtime === expected.mtime && tries < COARSE_TRIES; tries++) {
      await new Promise<void>((resolve) => void setTimeout(resolve, COARSE));
      stat = await provider.write(target, this.#bytes(path, file), stat);
    }
    baseline.set(target, stat, file.fingerprint);
  }

  /** Fails at the end, before anything is in its place, if the file was written to meanwhile. */
  async *#bytes(path: string, file: LiveEntry): AsyncGenerator<Uint8Array> {
    const { live, progress } = this.#parts;
    yield* live.bytes(file.node, progress);
    const now = await live.file(path);
    if (now.node !== file.node || now.size !== file.size || now.reference !== file.reference || now.fingerprint !== file.fingerprint) {
      throw new FsError('EAGAIN', 'commit', path, { detail: 'a program wrote to it meanwhile; commit again when it has ended' });
    }
  }

  async #makeRoom(target: string, disk: FolderStat | null): Promise<void> {
    if (disk?.kind === 'directory') await this.#remove(target, disk);
    else if (disk) await this.#keep(target, disk);
    const { provider, baseline } = this.#parts;
    for (const directory of above(target)) {
      if (await provider.stat(directory)) continue;
      await provider.mkdir(directory);
      baseline.set(directory, { kind: 'directory', size: 0, mtime: 0 });
    }
  }

  async #mkdir(path: string, disk: FolderStat | null): Promise<void> {
    if (disk?.kind === 'file') await this.#remove(path, disk);
    await this.#makeRoom(`${path}/x`, null);
  }

  async #remove(path: string, disk: FolderStat | null): Promise<void> {
    const { provider, baseline } = this.#parts;
    if (disk?.kind === 'file') await this.#keep(path, disk);
    if (disk) await provider.remove(path, disk);
    baseline.delete(path);
  }

  /** Others in the workspace, and its past, may refer to bytes that it took from there. */
  async #keep(path: string, disk: FolderStat): Promise<void> {
    const known = this.#parts.baseline.get(path);
    if (!sameStat(known, disk) || known?.mine !== undefined) return;
    await this.#parts.contents.keep(referenceOf(this.#parts.id, path, disk), () => this.#parts.progress.check());
  }
}

/** A directory that is not empty is never deleted with what is in it. */
export function isDoable({ problem, conflict }: FolderChange, choice: FolderChoice | undefined): boolean {
  if (problem !== undefined) return false;
  return !conflict || (choice !== undefined && !(conflict.reason === 'not-empty' && choice === 'mine'));
}
