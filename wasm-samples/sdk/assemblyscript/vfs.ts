import { Errno } from "./errno";
import * as host from "./host";
import { address, failed, scratch, utf8 } from "./host";

/** What may be done below a directory. */
export namespace Rights {
  /** Contents, names and records. */
  export const READ: i32 = 1;
  /** Contents and times of what is there. */
  export const WRITE: i32 = 2;
  /** New names. */
  export const CREATE: i32 = 4;
  /** Names go. */
  export const DELETE: i32 = 8;
}

/** How a file is opened. */
export namespace Flags {
  export const READ: i32 = 1;
  export const WRITE: i32 = 2;
  /** Make it if it is not there. */
  export const CREATE: i32 = 4;
  /** EEXIST if it is there. */
  export const NEW: i32 = 8;
  /** Cut it to nothing. */
  export const TRUNCATE: i32 = 16;
  /** Each write goes to the end. */
  export const APPEND: i32 = 32;
}

/** What a name stands for: filetypes of preview 1. */
export namespace Kind {
  export const DEVICE: u8 = 2;
  export const DIRECTORY: u8 = 3;
  export const FILE: u8 = 4;
  export const SYMLINK: u8 = 7;
}

/** What is known of a file. Times are nanoseconds since 1970. */
export class Stat {
  kind: u8 = 0;
  inode: u64 = 0;
  links: u64 = 0;
  size: u64 = 0;
  accessed: u64 = 0;
  modified: u64 = 0;
  changed: u64 = 0;
}

function stat(handle: i32, path: string): Stat | null {
  const name = utf8(path);
  if (failed(host.vfs_stat(handle, address(name), name.byteLength, scratch))) return null;
  const out = new Stat();
  out.kind = load<u8>(scratch, 16);
  out.inode = load<u64>(scratch, 8);
  out.links = load<u64>(scratch, 24);
  out.size = load<u64>(scratch, 32);
  out.accessed = load<u64>(scratch, 40);
  out.modified = load<u64>(scratch, 48);
  out.changed = load<u64>(scratch, 56);
  return out;
}

/** A name in a directory. */
export class Name {
  constructor(readonly name: string, readonly kind: u8, readonly inode: u64) {}
}

/** A directory handle. Paths are relative to it and never lead out of it (EPERM). What gives null says why in `lastErrno`. */
export class Dir {
  constructor(readonly handle: i32) {}

  /** The directory that was given at the start under this name, such as `/home`. null: ENOENT, it was not. */
  static preopen(name: string): Dir | null {
    let handle = 3;
    while (true) {
      const errno = host.fd_prestat_get(handle, scratch);
      if (failed(errno == Errno.EBADF ? Errno.ENOENT : errno)) return null;
      const found = new ArrayBuffer(load<u32>(scratch, 4));
      if (failed(host.fd_prestat_dir_name(handle, address(found), found.byteLength))) return null;
      if (String.UTF8.decode(found) == name) return new Dir(handle);
      handle++;
    }
  }

  /** A directory below, with at most these of the rights of this one. */
  openDir(path: string, rights: i32): Dir | null {
    const name = utf8(path);
    return failed(host.vfs_open_dir(this.handle, address(name), name.byteLength, rights, scratch)) ? null : new Dir(load<i32>(scratch));
  }

  /** A file below. */
  open(path: string, flags: i32): File | null {
    const name = utf8(path);
    return failed(host.vfs_open(this.handle, address(name), name.byteLength, flags, scratch)) ? null : new File(load<i32>(scratch));
  }

  /** The whole of a file. */
  read(path: string): ArrayBuffer | null {
    const file = this.open(path, Flags.READ);
    if (file === null) return null;
    let all = new ArrayBuffer(16384);
    let used = 0;
    while (true) {
      const count = file.read(all, used);
      if (count <= 0) {
        file.close();
        return count < 0 ? null : all.slice(0, used);
      }
      used += count;
      if (used < all.byteLength) continue;
      const larger = new ArrayBuffer(2 * used);
      memory.copy(address(larger), address(all), used);
      all = larger;
    }
  }

  /** Makes or replaces a file. Returns 0 or an errno. */
  write(path: string, bytes: ArrayBuffer): i32 {
    const file = this.open(path, Flags.WRITE | Flags.CREATE | Flags.TRUNCATE);
    if (file === null) return host.lastErrno();
    const done = file.write(bytes);
    file.close();
    return done < 0 ? host.lastErrno() : 0;
  }

  /** An empty path: the directory itself. */
  stat(path: string): Stat | null {
    return stat(this.handle, path);
  }

  /** Its names, without `.` and `..`, in no order. */
  list(): Name[] | null {
    const names: Name[] = [];
    const room = new ArrayBuffer(16384);
    let cookie: u64 = 0;
    while (true) {
      if (failed(host.vfs_list(this.handle, cookie, address(room), room.byteLength, scratch))) return null;
      const used = <u64>load<u32>(scratch);
      const before = cookie;
      for (let at: u64 = 0; used - at >= 24; ) {
        const record = address(room) + <usize>at;
        const length = load<u32>(record, 16);
        if (at + 24 + length > used) break;
        cookie = load<u64>(record);
        const name = String.UTF8.decodeUnsafe(record + 24, length);
        if (name != "." && name != "..") names.push(new Name(name, load<u8>(record, 20), load<u64>(record, 8)));
        at += 24 + length;
      }
      if (used < <u64>room.byteLength || cookie == before) return names;
    }
  }

  /** For another process: only `holder` can redeem it; at most the rights of this handle; `lifetime` in nanoseconds. */
  token(holder: u32, rights: i32, lifetime: i64): Token | null {
    const token = new Token(new ArrayBuffer(96));
    return failed(host.token_create(this.handle, holder, rights, lifetime, address(token.bytes))) ? null : token;
  }

  close(): void {
    host.fd_close(this.handle);
  }
}

/** An open file. */
export class File {
  constructor(readonly handle: i32) {}

  /** Fills `room` from byte `from` on. `offset` -1: from where it stands. How many bytes: 0 the end, -1 for `lastErrno`. */
  read(room: ArrayBuffer, from: i32 = 0, offset: i64 = -1): i32 {
    return failed(host.vfs_read(this.handle, address(room) + from, room.byteLength - from, offset, scratch)) ? -1 : load<i32>(scratch);
  }

  /** Writes all. `offset` -1: where it stands. How many bytes, or -1 for `lastErrno`. */
  write(bytes: ArrayBuffer, offset: i64 = -1): i32 {
    let done = 0;
    while (done < bytes.byteLength) {
      const at = offset < 0 ? offset : offset + done;
      if (failed(host.vfs_write(this.handle, address(bytes) + done, bytes.byteLength - done, at, scratch))) return -1;
      done += load<i32>(scratch);
    }
    return done;
  }

  stat(): Stat | null {
    return stat(this.handle, "");
  }

  close(): void {
    host.fd_close(this.handle);
  }
}

/** A right as 96 bytes that the kernel signed: of use to its holder only, once, until its time is over or its maker revokes it. */
export class Token {
  constructor(readonly bytes: ArrayBuffer) {}

  private redeem(): i32 {
    return failed(host.token_redeem(address(this.bytes), scratch)) ? -1 : load<i32>(scratch);
  }

  /** null: EACCES, it is another's; EBADMSG, forged or changed; ETIMEDOUT, its time is over; ENOTCAPABLE, revoked; EALREADY, used. */
  redeemDir(): Dir | null {
    const handle = this.redeem();
    return handle < 0 ? null : new Dir(handle);
  }

  /** The same for a token of a file. */
  redeemFile(): File | null {
    const handle = this.redeem();
    return handle < 0 ? null : new File(handle);
  }

  /** By who made it: what was opened with it fails from now on. */
  revoke(): i32 {
    const errno = host.token_revoke(address(this.bytes));
    failed(errno);
    return errno;
  }
}

/**
 * Asks for a right that the program has not, with the reason that the user is shown. `action` is JSON as grants are:
 * `{"kind":"file","path":"/home/a.txt","rights":["read"],"reason":"…"}`; for files the token is to be redeemed. `deadline` in nanoseconds.
 * null: EACCES, refused; ETIMEDOUT, nobody answered, which is not a no.
 */
export function requestCapability(action: string, deadline: i64): Token | null {
  const text = utf8(action);
  const token = new Token(new ArrayBuffer(96));
  return failed(host.cap_request(address(text), text.byteLength, deadline, address(token.bytes))) ? null : token;
}
