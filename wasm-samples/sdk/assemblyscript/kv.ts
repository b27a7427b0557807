import { Errno } from "./errno";
import * as host from "./host";
import { address, failed, lastErrno, scratch, utf8 } from "./host";

/** A key with its value. */
export class Entry {
  constructor(readonly key: string, readonly value: ArrayBuffer) {}
}

/** A namespace of key-value pairs: "" is the program's own, others need a grant. Keys have 1 to 1024 bytes, values up to 8 MiB. */
export class Store {
  private ns: ArrayBuffer;

  /** `relaxed`: changes do not wait until they are on disk. */
  constructor(name: string = "", public relaxed: bool = false) {
    this.ns = utf8(name);
  }

  private flags(): i32 {
    return this.relaxed ? 1 : 0;
  }

  /** null: ENOENT, no such key; or what else `lastErrno` says. */
  get(key: string): ArrayBuffer | null {
    const name = utf8(key);
    let room = new ArrayBuffer(4096);
    while (true) {
      const errno = host.kv_get(address(this.ns), this.ns.byteLength, address(name), name.byteLength, address(room), room.byteLength, scratch);
      const size = load<u32>(scratch);
      if (errno == 0) return room.slice(0, size);
      if (errno != Errno.ERANGE) {
        failed(errno);
        return null;
      }
      room = new ArrayBuffer(size);
    }
  }

  /** EDQUOT, ENOSPC: there is no room for it. */
  set(key: string, value: ArrayBuffer): i32 {
    const name = utf8(key);
    const errno = host.kv_set(address(this.ns), this.ns.byteLength, address(name), name.byteLength, address(value), value.byteLength, this.flags());
    failed(errno);
    return errno;
  }

  /** ENOENT: it was not there. */
  delete(key: string): i32 {
    const name = utf8(key);
    const errno = host.kv_delete(address(this.ns), this.ns.byteLength, address(name), name.byteLength, this.flags());
    failed(errno);
    return errno;
  }

  /** false too where it cannot be known: `lastErrno`. */
  has(key: string): bool {
    const name = utf8(key);
    return !failed(host.kv_has(address(this.ns), this.ns.byteLength, address(name), name.byteLength, scratch)) && load<u32>(scratch) != 0;
  }

  /** The entries whose keys begin with `prefix`, in key order. */
  scan(prefix: string): Scan {
    return new Scan(this.ns, utf8(prefix));
  }

  /** Makes all changes, or none. */
  commit(batch: Batch): i32 {
    const records = batch.records();
    const errno = host.kv_batch(address(this.ns), this.ns.byteLength, address(records), records.byteLength, this.flags());
    failed(errno);
    return errno;
  }
}

/** Changes that are made all or not at all: `Store.commit`. */
export class Batch {
  private parts: ArrayBuffer[] = [];
  private size: i32 = 0;

  private add(key: string, value: ArrayBuffer, length: u32): Batch {
    const name = utf8(key);
    const record = new ArrayBuffer(8 + name.byteLength + value.byteLength);
    const at = address(record);
    store<u32>(at, name.byteLength);
    store<u32>(at, length, 4);
    memory.copy(at + 8, address(name), name.byteLength);
    memory.copy(at + 8 + name.byteLength, address(value), value.byteLength);
    this.parts.push(record);
    this.size += record.byteLength;
    return this;
  }

  set(key: string, value: ArrayBuffer): Batch {
    return this.add(key, value, value.byteLength);
  }

  /** The key need not be there. */
  delete(key: string): Batch {
    return this.add(key, new ArrayBuffer(0), 0xffffffff);
  }

  /** As the host takes them. */
  records(): ArrayBuffer {
    const all = new ArrayBuffer(this.size);
    let at = address(all);
    for (let i = 0; i < this.parts.length; i++) {
      memory.copy(at, address(this.parts[i]), this.parts[i].byteLength);
      at += this.parts[i].byteLength;
    }
    return all;
  }
}

/** `next` until it is null; then `lastErrno` is ENOENT at the end, or what kept it from going on. Read 64 KiB at a time. */
export class Scan {
  private room: ArrayBuffer = new ArrayBuffer(65536);
  private after: ArrayBuffer = new ArrayBuffer(0);
  private at: u32 = 0;
  private used: u32 = 0;

  constructor(private ns: ArrayBuffer, private prefix: ArrayBuffer) {}

  private fill(): bool {
    while (true) {
      const errno = host.kv_scan(
        address(this.ns), this.ns.byteLength, address(this.prefix), this.prefix.byteLength, address(this.after), this.after.byteLength,
        address(this.room), this.room.byteLength, scratch,
      );
      const used = load<u32>(scratch);
      if (errno == Errno.ERANGE && used > <u32>this.room.byteLength) {
        this.room = new ArrayBuffer(used);
        continue;
      }
      if (failed(errno != 0 ? errno : used == 0 ? Errno.ENOENT : 0)) return false;
      this.at = 0;
      this.used = used;
      return true;
    }
  }

  next(): Entry | null {
    if (this.at == this.used && !this.fill()) return null;
    const record = address(this.room) + this.at;
    const left = this.used - this.at;
    const key = left < 8 ? 0 : load<u32>(record);
    const value = left < 8 ? 0 : load<u32>(record, 4);
    if (left < 8 || 8 + <u64>key + value > left) {
      failed(Errno.EPROTO);
      return null;
    }
    const from = <i32>this.at + 8;
    this.after = this.room.slice(from, from + key);
    this.at += 8 + key + value;
    return new Entry(String.UTF8.decode(this.after), this.room.slice(from + key, from + key + value));
  }
}
