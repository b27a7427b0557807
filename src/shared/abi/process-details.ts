import type { Limits } from './limits.ts';

/** What is not in the listing of processes, for one of them. All texts are a program's or a user's. */
export interface ProcessDetails {
  /** Open descriptors, in ascending order; `target` reads like a path or `pipe:[7]`. At most 1024. */
  descriptors: { fd: number; target: string }[];
  /** What it sees where. `flags` as in `/proc/<pid>/mounts`. */
  mounts: { path: string; service: string; flags: string }[];
  /** `NAME=value`. */
  environment: string[];
  /** What is left out has no limit. */
  limits: Limits;
}

export interface ProcessDetailCalls {
  /** ESRCH: there is none, or it has ended. */
  processDetails(pid: number): Promise<ProcessDetails>;
}
