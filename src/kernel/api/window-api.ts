import type { ExitStatus, KernelApi, Notice, ProcessInfo, SocketReply, SpawnOptions, SpawnReply, WorkspaceInfo } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Bus } from '../bus/index.ts';
import type { ArchiveHasher, KvStore } from '../kv/index.ts';
import type { NamespaceFiles } from '../namespace/index.ts';
import type { Folders } from '../folder/index.ts';
import { folderCalls } from './folder-calls.ts';
import type { Fsck } from '../fsck/index.ts';
import type { Traces } from '../trace/index.ts';
import { authorityCalls, type AuthorityParts } from './authority-calls.ts';
import { exploreCalls, type ExploreParts } from './explore-calls.ts';
import { fsckCalls } from './fsck-calls.ts';
import type { LayerService } from '../layers/index.ts';
import { historyCalls, type HistoryParts } from './history-calls.ts';
import { layerCalls } from './layer-calls.ts';
import { sessionCalls, type SessionParts } from './session-calls.ts';
import { archiveCalls, type ArchiveParts } from './archive-calls.ts';
import { busCalls } from './bus-calls.ts';
import { processDetailCalls, type ProcessDetailParts } from './process-details-calls.ts';
import { kvCalls } from './kv-calls.ts';
import { traceCalls } from './trace-calls.ts';
import { mapCalls, type MapParts } from './map-calls.ts';
import { deletedEntries, listChanges, type ChangeSources } from './changes.ts';

/** What the window may ask about processes and terminals. */
export interface ProcessControl {
  spawn(options: SpawnOptions): Promise<SpawnReply>;
  wait(pid: number): Promise<ExitStatus>;
  kill(pid: number, signal?: string): Promise<void>;
  list(): ProcessInfo[];
  connect(port: number): SocketReply;
  openTty(size: { columns: number; rows: number }): Promise<{ tty: number; pid: number; port: MessagePort }>;
  closeTty(tty: number): Promise<void>;
}

export interface WindowApiParts {
  files: NamespaceFiles;
  archive: ArchiveParts;
  processes: ProcessControl;
  bus: Bus;
  /** Resolves when everything so far is on disk. */
  sync(): Promise<void>;
  /** Resolves when the change just made at this path is as safe as it will be. */
  acknowledged(path: string): Promise<void>;
  shipped: ChangeSources['shipped'];
  /** Null on a host that has none. */
  folders: Folders | null;
  workspace(quick: boolean): Promise<WorkspaceInfo>;
  notices(): Notice[];
  takeOver(): Promise<void>;
  history: HistoryParts;
  layers: LayerService;
  sessions: SessionParts;
  kv: KvStore;
  createHasher(): Promise<ArchiveHasher>;
  fsck: Pick<Fsck, 'run' | 'cancel'>;
  authority: AuthorityParts;
  proc: ProcessDetailParts;
  traces: Traces;
  explore: ExploreParts;
  map: MapParts;
}

/** Most entries that `changes` lists. */
const CHANGES_MAX = 10_000;

/** The window's calls, made from the kernel's parts. Arguments come from another realm: each call checks its own. */
export function windowApi(parts: WindowApiParts): KernelApi {
  const { files, processes } = parts;
  const sources: ChangeSources = { readdir: (path) => files.readdir(path), shipped: parts.shipped };
  const durable = async (path: string, change: Promise<void>): Promise<void> => {
    await change;
    await parts.acknowledged(path);
  };
  return {
    readFile: async (path) => files.readFile(text(path, 'read')),
    readRange: async (path, offset, length) => files.readRange(text(path, 'read'), offset, length),
    writeFile: async (path, data) => durable(path, files.writeFile(text(path, 'write'), data)),
    writeRange: async (path, offset, data) => durable(path, files.writeRange(text(path, 'write'), offset, data)),
    readdir: async (path, options) => {
      const entries = await files.readdir(text(path, 'readdir'));
      return options?.deleted ? [...entries, ...(await deletedEntries(sources, path, entries))] : entries;
    },
    stat: async (path) => files.stat(text(path, 'stat')),
    lstat: async (path) => files.lstat(text(path, 'lstat')),
    mkdir: async (path, options) => durable(path, files.mkdir(text(path, 'mkdir'), options)),
    rm: async (path, options) => durable(path, files.rm(text(path, 'rm'), options)),
    rename: async (from, to) => durable(to, files.rename(text(from, 'rename'), text(to, 'rename'))),
    copy: async (from, to, options) => durable(to, files.copy(text(from, 'copy'), text(to, 'copy'), { recursive: options?.recursive === true })),
    symlink: async (target, path) => durable(path, files.symlink(text(target, 'symlink'), text(path, 'symlink'))),
    readlink: async (path) => files.readlink(text(path, 'readlink')),
    sync: () => parts.sync(),
    ...archiveCalls(parts.archive),
    changes: async (path, limit) => listChanges(sources, text(path, 'changes'), Math.min(CHANGES_MAX, Math.max(0, limit))),
    spawn: (options) => processes.spawn(options),
    wait: (pid) => processes.wait(pid),
    kill: (pid, signal) => processes.kill(pid, signal),
    processes: async () => processes.list(),
    connect: async (port) => processes.connect(port),
    openTty: (size) => processes.openTty(size),
    closeTty: (tty) => processes.closeTty(tty),
    ...busCalls(parts.bus),
    ...folderCalls(parts.folders),
    ...kvCalls(parts.kv, parts.createHasher),
    workspace: (quick) => parts.workspace(quick === true),
    notices: async () => parts.notices(),
    takeOver: () => parts.takeOver(),
    ...historyCalls(parts.history),
    ...exploreCalls(parts.explore),
    ...fsckCalls(parts.fsck),
    ...authorityCalls(parts.authority),
    ...processDetailCalls(parts.proc),
    ...layerCalls(parts.layers, parts.folders),
    ...sessionCalls(parts.sessions),
    ...traceCalls(parts.traces),
    ...mapCalls(parts.map),
  };
}

function text(value: unknown, operation: string): string {
  if (typeof value !== 'string') throw new FsError('EINVAL', operation, undefined, { detail: 'the path is not a string' });
  return value;
}
