import type {
  FolderChoice, FolderCommitOptions, FolderCommitResult, FolderDiff, FolderDiskChange, FolderInfo, FolderProgress, LayerInfo, Notice, RunKind, TreeDifference,
} from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { FolderHost, FolderProvider, FolderRecord } from '../contract/index.ts';
import { Baseline } from './baseline.ts';
import { checkNames, settleEqual } from './checks.ts';
import { Committer, isDoable } from './commit.ts';
import { FolderContents } from './contents.ts';
import { LiveFolder, MOUNTS, type FolderTree, type LiveMap } from './live-folder.ts';
import { checkMountName } from './names.ts';
import { asTreeDifference } from './tree-difference.ts';
import { interruptedNotice, NOTICES, troubleNotice } from './folder-notices.ts';
import { planCommit, planRefresh, withSettled, type PlanItem, type RefreshItem, type ThreeSides } from './plan.ts';
import { Progress } from './progress.ts';
import { referenceOf } from './reference.ts';
import { Refresher } from './refresh.ts';
import { scanFolder } from './scan.ts';

export interface FoldersOptions {
  host: FolderHost;
  /** BLAKE3, as hex. */
  hash: (bytes: Uint8Array) => string;
  notices: { raise(notice: Notice): void; clear(id: string): void };
  publish(subject: string, data: FolderProgress): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Why nothing may be changed; null if it may. */
  readOnly(): string | null;
}

/** The workspace's tree. */
export interface FolderAccess {
  /** To read. */
  tree: FolderTree;
  /** Does what changes the tree as a run of its own, in whose name the tree is that `work` gets. */
  act<T>(kind: Exclude<RunKind, 'program'>, name: string, work: (tree: FolderTree) => Promise<T>): Promise<T>;
}

/** Differences told of at once, at most. */
const SHOWN_MAX = 10_000;

/** What the window's calls and the overlay need of folders of the user's disk. Rules FO* in SPEC.md. */
export class Folders {
  readonly contents: FolderContents;
  readonly #options: FoldersOptions;
  readonly #providers = new Map<number, { provider: FolderProvider; label: string }>();
  readonly #sizes = new Map<number, number>();
  readonly #working = new Map<string, AbortController>();
  readonly #records: Promise<Map<number, FolderRecord>>;
  #connected: FolderAccess | null = null;

  constructor(options: FoldersOptions) {
    this.#options = options;
    this.#records = options.host.store.records().then((list) => new Map(list.map((record) => [record.id, record])), () => new Map());
    this.contents = new FolderContents({
      store: options.host.store,
      provider: async (id) => {
        const record = (await this.#records).get(id);
        return record && this.#provider(record);
      },
      onTrouble: (id, error) => void this.#trouble(id, error),
    });
  }

  /** Once the tree is there. */
  async connect(access: FolderAccess): Promise<void> {
    this.#connected = access;
    for (const record of (await this.#records).values()) {
      if (this.#options.readOnly() !== null) return;
      if (record.state === 'mounting') await this.#takeBack(record);
      else if (record.commit) this.#options.notices.raise(interruptedNotice(record, await this.#options.host.store.done(record.id)));
    }
  }

  mount(handle: unknown, name: string): Promise<FolderInfo> {
    checkMountName('mount', name);
    return this.#work('mount', name, async (progress) => {
      this.#writable('mount', name);
      const records = await this.#records;
      if ([...records.values()].some((record) => record.name === name && record.state !== 'left') || (await this.#live(name).exists())) throw new FsError('EEXIST', 'mount', `/${MOUNTS}/${name}`);
      const { provider, label } = this.#options.host.open(handle);
      await allowed('mount', name, provider, 'read');
      const { entries } = await scanFolder(provider, progress.phase('scan'));
      const { store } = this.#options.host;
      const record: FolderRecord = { id: await store.nextId(), name, label, handle, state: 'mounting', mounted: this.#options.now() };
      await this.#put(record);
      try {
        await this.#fill(record, entries, progress.phase('mount'));
        await Baseline.of(store, record.id, entries).flush();
        const mounted = await this.#put({ ...record, state: 'mounted' });
        return await this.#info(mounted);
      } catch (error) {
        await this.#takeBack(record);
        throw error;
      }
    });
  }

  async #fill({ id, name }: FolderRecord, entries: ReadonlyMap<string, { kind: 'file' | 'directory'; size: number; mtime: number }>, progress: Progress): Promise<void> {
    await this.#act('import', `folder ${name}`, name, async (live) => {
      await live.make();
      let done = 0;
      for (const [path, stat] of entries) {
        progress.step(done++, entries.size, path);
        await live.take(path, stat, referenceOf(id, path, stat));
      }
    });
  }

  /** What a mount that did not come to its end has left. */
  async #takeBack(record: FolderRecord): Promise<void> {
    await this.#act('discard', `folder ${record.name}, taken back`, record.name, (live) => live.dropAll(Progress.silent()));
    await this.#options.host.store.drop(record.id);
    (await this.#records).delete(record.id);
  }

  async list(): Promise<FolderInfo[]> {
    const mounted = [...(await this.#records).values()].filter(({ state }) => state === 'mounted');
    return Promise.all(mounted.map((record) => this.#info(record)));
  }

  diff(name: string): Promise<FolderDiff> {
    return this.#work('diff', name, async (progress) => {
      const record = await this.#mounted('diff', name);
      const compared = await this.#compare(record, progress);
      const changes = compared.items.filter(shown).map(({ change }) => change);
      const disk = refreshOf(compared).filter(({ act }) => act !== 'settle').map(({ change }) => change);
      return { changes: changes.slice(0, SHOWN_MAX), disk: disk.slice(0, SHOWN_MAX), more: changes.length > SHOWN_MAX || disk.length > SHOWN_MAX };
    });
  }

  async has(name: string): Promise<boolean> {
    return [...(await this.#records).values()].some((record) => record.name === name && record.state === 'mounted');
  }

  /** The mounted folders as layers: each lies below what the workspace changed of it. */
  async layers(): Promise<LayerInfo[]> {
    const mounted = [...(await this.#records).values()].filter(({ state }) => state === 'mounted');
    return Promise.all(mounted.map(async (record) => ({
      id: -record.id, name: record.name, kind: 'folder', created: record.mounted, entries: await this.#size(record), whiteouts: 0,
    } as const)));
  }

  /** As `diff`, in the words of layers. */
  differences(name: string): Promise<{ changes: TreeDifference[]; more: boolean }> {
    return this.#work('diff', name, async (progress) => {
      const { items, sides } = await this.#compare(await this.#mounted('diff', name), progress);
      const changes = items.filter(shown).map((item) => asTreeDifference(name, item, sides)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
      return { changes: changes.slice(0, SHOWN_MAX), more: changes.length > SHOWN_MAX };
    });
  }

  commit(name: string, options: FolderCommitOptions = {}): Promise<FolderCommitResult> {
    return this.#work('commit', name, async (progress) => {
      this.#writable('commit', name);
      const record = await this.#mounted('commit', name);
      if (!options.dryRun) await allowed('commit', name, this.#provider(record), 'readwrite');
      if (options.resume && !record.commit) throw new FsError('ENOENT', 'commit', name, { detail: 'no commit was interrupted' });
      const compared = await this.#compare(record, progress);
      const wanted = options.resume ? new Set(record.commit?.paths) : null;
      const items = wanted ? compared.items.filter(({ change }) => wanted.has(change.path)) : compared.items;
      const choices = options.resume ? (record.commit?.choices ?? {}) : choicesOf(items, options.onConflict);
      const choice = (path: string): FolderChoice | undefined => (Object.hasOwn(choices, path) ? choices[path] : undefined);
      if (options.dryRun) return dryRun(items.filter(shown), choice);
      return this.#commit(record, compared, items, choices, choice, progress);
    });
  }

  async #commit(
    record: FolderRecord, { baseline }: Compared, items: PlanItem[], choices: Record<string, FolderChoice>,
    choice: (path: string) => FolderChoice | undefined, progress: Progress,
  ): Promise<FolderCommitResult> {
    const { store } = this.#options.host;
    const doable = items.filter(({ change }) => isDoable(change, choice(change.path)));
    await store.putDone(record.id, 0);
    const begun = await this.#put({ ...record, commit: { started: this.#options.now(), paths: doable.map(({ change }) => change.path), choices } });
    const result = await this.#act('merge', `commit to folder ${record.name}`, record.name, (live) => new Committer({
      id: record.id, provider: this.#provider(record), contents: this.contents, live, baseline, progress,
      putDone: (done) => store.putDone(record.id, done),
    }, choice).run(items));
    if (result.interrupted) this.#options.notices.raise(interruptedNotice(begun, await store.done(record.id)));
    else await this.#forgetCommit(begun);
    return result;
  }

  refresh(name: string): Promise<FolderDiskChange[]> {
    return this.#work('refresh', name, async (progress) => {
      this.#writable('refresh', name);
      const record = await this.#mounted('refresh', name);
      const compared = await this.#compare(record, progress);
      const changes = await this.#act('import', `refresh of folder ${name}`, name, (live) =>
        new Refresher(record.id, live, compared.baseline, progress.phase('refresh')).run(refreshOf(compared)));
      this.#options.notices.clear(NOTICES.changed(name));
      return changes.slice(0, SHOWN_MAX);
    });
  }

  unmount(name: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#work('unmount', name, async (progress) => {
      this.#writable('unmount', name);
      const record = await this.#mounted('unmount', name);
      if (!force && (await this.#live(name).exists())) await this.#requireNothingToCommit(record, progress);
      await this.#act('discard', `unmount of folder ${name}`, name, (live) => live.dropAll(progress));
      const { commit: _, ...rest } = record;
      await this.#put({ ...rest, state: 'left' });
      await this.#options.host.store.putListings(record.id, new Map(), true);
      for (const id of Object.values(NOTICES)) this.#options.notices.clear(id(name));
    });
  }

  async #requireNothingToCommit(record: FolderRecord, progress: Progress): Promise<void> {
    const baseline = await this.#baseline(record);
    const mine = await this.#live(record.name).walk(progress.phase('compare'));
    const base = baseline.entries();
    // Only what the workspace changed counts, and the folder need not be readable for it to be seen.
    const changed = planCommit({ id: record.id, base, disk: base, mine }).filter(({ act }) => act !== 'settle').length;
    if (changed > 0) throw new FsError('EBUSY', 'unmount', record.name, { detail: `${changed} changes were not committed` });
  }

  async stop(name: string): Promise<void> {
    const record = await this.#mounted('stop', name);
    if (this.#working.has(name)) throw new FsError('EBUSY', 'stop', name);
    await this.#forgetCommit(record);
  }

  async #forgetCommit(record: FolderRecord): Promise<void> {
    const { commit: _, ...rest } = record;
    await this.#put(rest);
    this.#options.notices.clear(NOTICES.interrupted(record.name));
  }

  async cancel(name: string): Promise<void> {
    this.#working.get(name)?.abort();
  }

  async handle(name: string): Promise<unknown> {
    return (await this.#mounted('open', name)).handle;
  }

  async allowed(name: string): Promise<FolderInfo> {
    const record = await this.#mounted('open', name);
    const info = await this.#info(record);
    if (info.permission === 'granted') this.#options.notices.clear(NOTICES.denied(name));
    return info;
  }

  async #compare(record: FolderRecord, progress: Progress): Promise<Compared> {
    const { id, name } = record;
    const provider = this.#provider(record);
    const live = this.#live(name);
    if (!(await live.exists())) throw new FsError('ENOENT', 'commit', `/${MOUNTS}/${name}`, { detail: 'the directory is not there any more; nothing was compared or committed' });
    await allowed('read', name, provider, 'read');
    const disk = (await scanFolder(provider, progress.phase('scan'))).entries;
    const mine = await live.walk(progress.phase('compare'));
    const baseline = await this.#baseline(record);
    const sides = { id, base: baseline.entries(), disk, mine };
    const items = planCommit(sides);
    await settleEqual(items, mine, live, provider, progress);
    await checkNames(items, sides, provider, progress);
    return { items, sides, baseline };
  }

  async #info(record: FolderRecord): Promise<FolderInfo> {
    const { id, name, label, mounted, commit } = record;
    const provider = this.#provider(record);
    const interrupted = commit && !this.#working.has(name)
      ? { started: commit.started, done: await this.#options.host.store.done(id), total: commit.paths.length } : undefined;
    return { name, path: `/${MOUNTS}/${name}`, label, mounted, entries: await this.#size(record), permission: await provider.permission('read'), ...(interrupted && { interrupted }) };
  }

  /** One piece of work on a folder at a time, which can be cancelled. */
  async #work<T>(operation: string, name: string, work: (progress: Progress) => Promise<T>): Promise<T> {
    if (this.#working.has(name)) throw new FsError('EBUSY', operation, name, { detail: 'something else works on this folder' });
    const controller = new AbortController();
    this.#working.set(name, controller);
    try {
      return await work(new Progress(controller.signal, (progress) => this.#options.publish(`folder.${name}.progress`, progress), () => this.#options.now()));
    } finally {
      this.#working.delete(name);
      this.#sizes.clear();
    }
  }

  #writable(operation: string, name: string): void {
    const why = this.#options.readOnly();
    if (why !== null) throw new FsError('EROFS', operation, name, { detail: why });
  }

  async #mounted(operation: string, name: unknown): Promise<FolderRecord> {
    const record = [...(await this.#records).values()].find((known) => known.name === name && known.state === 'mounted');
    if (!record) throw new FsError('ENOENT', operation, typeof name === 'string' ? name : undefined, { detail: 'no folder of this name is mounted' });
    return record;
  }

  async #put(record: FolderRecord): Promise<FolderRecord> {
    await this.#options.host.store.put(record);
    (await this.#records).set(record.id, record);
    return record;
  }

  #provider(record: FolderRecord): FolderProvider {
    let known = this.#providers.get(record.id);
    if (!known) this.#providers.set(record.id, (known = this.#options.host.open(record.handle)));
    return known.provider;
  }

  /** Entries when the folder was last looked at. */
  async #size(record: FolderRecord): Promise<number> {
    const known = this.#sizes.get(record.id);
    if (known !== undefined) return known;
    const { size } = await this.#baseline(record);
    this.#sizes.set(record.id, size);
    return size;
  }

  #baseline(record: FolderRecord): Promise<Baseline> {
    return Baseline.load(this.#options.host.store, record.id);
  }

  get #access(): FolderAccess {
    if (!this.#connected) throw new FsError('EAGAIN', 'folder');
    return this.#connected;
  }

  #live(name: string): LiveFolder {
    return new LiveFolder(this.#access.tree, name, this.#options.hash);
  }

  /** Changes to the workspace, durable when it resolves. */
  #act<T>(kind: Exclude<RunKind, 'program'>, what: string, name: string, work: (live: LiveFolder) => Promise<T>): Promise<T> {
    return this.#access.act(kind, what, async (tree) => {
      const live = new LiveFolder(tree, name, this.#options.hash);
      const result = await work(live);
      await live.sync();
      return result;
    });
  }

  async #trouble(id: number, error: FsError): Promise<void> {
    const record = (await this.#records).get(id);
    const notice = record?.state === 'mounted' ? troubleNotice(record, error) : null;
    if (notice) this.#options.notices.raise(notice);
  }
}

interface Compared {
  items: PlanItem[];
  sides: Omit<ThreeSides, 'mine'> & { mine: LiveMap };
  baseline: Baseline;
}

const shown = ({ act, moved }: PlanItem): boolean => act !== 'settle' && !moved;

function refreshOf({ items, sides }: Compared): RefreshItem[] {
  const settled = new Set(items.filter(({ act }) => act === 'settle').map(({ change }) => change.path));
  return withSettled(planRefresh(sides), settled, sides.mine);
}

async function allowed(operation: string, name: string, provider: FolderProvider, mode: 'read' | 'readwrite'): Promise<void> {
  if ((await provider.permission(mode)) === 'granted') return;
  throw new FsError('EACCES', operation, name, { detail: `the browser does not let this page ${mode === 'read' ? 'read' : 'write to'} the folder` });
}

function choicesOf(items: readonly PlanItem[], given: FolderCommitOptions['onConflict']): Record<string, FolderChoice> {
  const valid = (choice: unknown): choice is FolderChoice => choice === 'mine' || choice === 'theirs' || choice === 'both';
  const choices: Record<string, FolderChoice> = Object.create(null) as Record<string, FolderChoice>;
  for (const { change: { path, conflict } } of items) {
    const choice: unknown = typeof given === 'object' && given !== null ? (Object.hasOwn(given, path) ? given[path] : undefined) : given;
    if (choice !== undefined && !valid(choice)) throw new FsError('EINVAL', 'commit', path, { detail: 'a choice is mine, theirs or both' });
    if (conflict && choice !== undefined) choices[path] = choice;
  }
  return { ...choices };
}

function dryRun(items: readonly PlanItem[], choice: (path: string) => FolderChoice | undefined): FolderCommitResult {
  const changes = items.map(({ change }) => change);
  const done = changes.filter((change) => isDoable(change, choice(change.path)));
  return { done, left: changes.filter((change) => !done.includes(change)), interrupted: false };
}
