import type { HeldGrant, Trust } from './authority.ts';
import type { FolderInfo } from './folders.ts';
import type { LayerKind } from './layers.ts';

/** The first of a list; `more` counts what was left out. */
export interface Bounded<T> {
  items: T[];
  more: number;
}

/** A file service that is mounted somewhere. */
export interface MapService {
  /** Unique in a snapshot; the same from one to the next. */
  id: string;
  /** As `/proc/mounts` has it: `tree`, `tmp`, `dev`, `proc`, … */
  name: string;
  /** Of a tree of its own: the session or branch, or the point of the past. */
  line?: string;
}

/** One line of somebody's namespace. Processes that see the same directory of the same service at the same place share it. */
export interface MapMount {
  id: string;
  path: string;
  /** `MapService.id`; of a union that of each of its directories, the first that is seen first. */
  services: string[];
  writable: boolean;
  kind: 'mount' | 'bind' | 'union' | 'folder';
  /** Of a bind: the path of what is shown, within its service, where that is known. */
  source?: string;
  /** It is in the namespace that programs start with. */
  usual: boolean;
}

export interface MapProcess {
  pid: number;
  ppid: number;
  name: string;
  /** At most 16, of at most 200 characters each. */
  args: string[];
  cwd: string;
  state: 'starting' | 'running' | 'waiting' | 'stopped' | 'exited';
  /** Milliseconds since the epoch. */
  started: number;
  tty: number | null;
  /** Set once it has ended. */
  code?: number;
  /** The session or branch in which it runs. */
  overlay?: string;
  trust?: Trust;
  /** `MapMount.id`. Empty for one that has ended. */
  mounts: string[];
  /** Those that are not revoked. */
  grants: Bounded<HeldGrant>;
  refused: number;
}

export interface MapLayer {
  id: number;
  name: string;
  kind: LayerKind;
  /** Names that it adds, changes or deletes; of the base those that it ships. */
  entries: number;
}

/** A pattern to which somebody listens, or a subject that has a last value. */
export interface MapSubject {
  pattern: string;
  /** pid 0: the kernel or the window. */
  listeners: { pid: number; group?: string }[];
  /** Its last value is kept. */
  retained: boolean;
}

/** A port of the tab's loopback. */
export interface MapPort {
  port: number;
  /** pids. */
  listeners: number[];
  /** Who has how many connections, at either end. */
  connections: { pid: number; count: number }[];
}

/** What is connected with what, now. */
export interface MapSnapshot {
  services: MapService[];
  mounts: Bounded<MapMount>;
  /** Those that run, the oldest first; then those that have ended, the latest first. `more`: of those that run. */
  processes: Bounded<MapProcess>;
  /** That have ended and are remembered, those in `processes` among them. */
  ended: number;
  /** The stack of the workspace, from the bottom to the top, then sessions and branches. */
  layers: MapLayer[];
  subjects: Bounded<MapSubject>;
  ports: Bounded<MapPort>;
  folders: Pick<FolderInfo, 'name' | 'path' | 'label' | 'permission'>[];
}

/** What went on since the call before. Counts, not rates. */
export interface MapTraffic {
  /** Milliseconds that the counts are of; 0: counting begins with this call. */
  elapsed: number;
  /** System calls, and bytes that were read and written by them, wherever from and to. */
  processes: { pid: number; calls: number; read: number; written: number }[];
  /**
   * By directory, at most two parts deep (`/home/data`): files that were changed, as the journal has them; reads that were seen, about ten times a second,
   * of the last eight files each: less than there were. pid 0: the user. The busiest first, at most 64.
   */
  files: { pid: number; path: string; reads: number; writes: number }[];
  /** Bytes that came into the mailboxes of a process (0: the kernel's and the window's) that listen to this pattern. The busiest first, at most 64. */
  messages: { pid: number; pattern: string; bytes: number }[];
  /** Uses of grants that are not of files: publishing, requests, connections. `grant`: `HeldGrant.id`. At most 128. */
  uses: { pid: number; grant: number; count: number }[];
}

export type SizesBy = 'layer' | 'run' | 'kind';

/** What files are counted with: a layer, a run, a kind of file. */
export interface SizeGroup {
  /** Of a layer its name, of a run its number, of a kind its word. */
  key: string;
  label: string;
  bytes: number;
  files: number;
}

export interface SizeNode {
  name: string;
  /** `others`: what is left of a directory beyond its largest entries. */
  kind: 'directory' | 'file' | 'others';
  bytes: number;
  /** Files in it; 1 for a file. */
  files: number;
  /** Index in `SizeReport.groups`: of a file its own, else the one with most bytes. */
  group: number;
  children?: SizeNode[];
}

export interface SizeReport {
  path: string;
  by: SizesBy;
  root: SizeNode;
  /** Of all that is below `path`, the largest first, at most 12; the last one may be `others`. */
  groups: SizeGroup[];
  /** The entry of the history that this is of. */
  at: number;
  /** The workspace has more files than are counted. */
  truncated: boolean;
}

/** The window's calls for the map. Failures are `FsError`. */
export interface MapCalls {
  mapSnapshot(): Promise<MapSnapshot>;
  /** Asked again within three seconds it goes on counting; nothing is counted while nobody asks. */
  mapTraffic(): Promise<MapTraffic>;
  /**
   * Sizes of the files of the workspace below a directory, three levels deep, the 48 largest entries of each. `/tmp` and what is no file of the workspace
   * are not in it. ENOENT, ENOTDIR.
   */
  mapSizes(path: string, by: SizesBy): Promise<SizeReport>;
}
