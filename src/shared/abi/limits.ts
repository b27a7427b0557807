/** What a process may use; `null` is no limit. Each ends the process, save `memory`, `files`, `processes` and `messages`, whose calls fail. */
export interface Limits {
  /** Bytes of linear memory: `memory.grow` fails beyond. */
  memory: number | null;
  /** Milliseconds from start to end. */
  wall: number | null;
  /** Milliseconds of running, waits left out. */
  cpu: number | null;
  /** Open descriptors. */
  files: number | null;
  /** Bytes written to pipes and terminals. */
  output: number | null;
  /** Processes of the session at once, and their threads beside the first. */
  processes: number | null;
  /** Messages published in a second. */
  messages: number | null;
}

/** What a program may learn beyond its files. Without one its calls fail with ENOTCAPABLE. */
export interface ClockGrants {
  /** `clock_time_get`, `clock_res_get`, and absolute deadlines in `poll_oneoff`; relative ones are always allowed. */
  clocks: boolean;
  /** `random_get`, and `/dev/random` and `/dev/urandom`. */
  entropy: boolean;
}
