import type { Clock } from '../../shared/base/index.ts';
import type { BaseLayerOptions } from '../storage/index.ts';
import type { FolderHost, HttpClient, KvSource, Manifest, Random, RecordCodec, Store, WorkerSpawner, Yield } from '../contract/index.ts';
import type { TabChannel } from '../follow/index.ts';

/** What the kernel needs from where it runs. */
export interface KernelHost {
  /** Of the workspace. */
  name: string;
  /** Another tab owns the workspace: nothing is written. */
  readOnly: boolean;
  openStore(codec: RecordCodec, format: number, onLost: (reason: string) => void): Store;
  /** Of the base layer. */
  manifest(): Promise<Manifest>;
  base: BaseLayerOptions;
  workers: WorkerSpawner;
  clock: Clock;
  random: Random;
  yield: Yield;
  /** Of the user's disk. Default: none can be mounted. */
  folders?: FolderHost;
  /** Where key-value pairs are kept. Default: in memory. */
  kv?: KvSource;
  /** The network. Default: there is none (ENOSYS). */
  http?: HttpClient;
  /** Takes the workspace from the tab that owns it, waits until that has written its last, and calls `own`; if that fails, lets go of it. */
  steal(own: () => Promise<void>): Promise<void>;
  /** Default: there are no other tabs. */
  tabs?: TabChannel;
  /** Default 64 MiB at start, 4 GiB at most. */
  arena?: { pages?: number; maxPages?: number };
  version?: string;
}
