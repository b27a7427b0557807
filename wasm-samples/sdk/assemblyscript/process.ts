import { Errno } from "./errno";
import * as host from "./host";
import { address, failed, scratch, utf8 } from "./host";

/** How much a line of the log matters. */
export namespace Level {
  export const TRACE: i32 = 0;
  export const DEBUG: i32 = 1;
  export const INFO: i32 = 2;
  export const WARN: i32 = 3;
  export const ERROR: i32 = 4;
}

/** A line for whoever reads the logs (`log.<pid>`): plain text, or a JSON object, up to 16 KiB. Returns 0 or an errno. */
export function log(level: i32, text: string): i32 {
  const bytes = utf8(text);
  const errno = host.log(level, address(bytes), bytes.byteLength);
  failed(errno);
  return errno;
}

/** The process's own number. */
export function pid(): u32 {
  return host.pid();
}

/** A program that was started. */
export class Child {
  /** Its exit code, once `wait` was true. */
  status: i32 = 0;

  private constructor(readonly pid: u32) {}

  /**
   * Starts the program at `path` with arguments (without its name) and `grants`, a JSON object with the members of `[grants]` in a manifest:
   * never more than one's own; empty for none. null: see `lastErrno`.
   */
  static spawn(path: string, args: string[] = [], grants: string = ""): Child | null {
    let joined = "";
    for (let i = 0; i < args.length; i++) {
      if (args[i].includes("\0") && failed(Errno.EINVAL)) return null;
      joined += args[i] + "\0";
    }
    const name = utf8(path);
    const list = utf8(joined);
    const given = utf8(grants);
    const errno = host.spawn(address(name), name.byteLength, address(list), list.byteLength, address(given), given.byteLength, scratch);
    return failed(errno) ? null : new Child(load<u32>(scratch));
  }

  /** Waits for its end. false: see `lastErrno`. */
  wait(): bool {
    if (failed(host.wait(this.pid, scratch))) return false;
    this.status = load<i32>(scratch);
    return true;
  }
}
