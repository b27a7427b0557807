/** The files, keys and tokens of `MockHost`. */

const DIRECTORY = 3;
const FILE = 4;
const encoder = new TextEncoder();

export class MockFiles {
  /** By whole path; null for a directory. */
  nodes = new Map([['/home', null]]);
  /** Keys of each namespace. */
  pairs = new Map();
  #tokens = [];
  #errno;

  constructor(errno) {
    this.#errno = errno;
  }

  #resolve(program, dir, path) {
    const base = program.handle(dir, 'file');
    if (!base) return { errno: this.#errno.EBADF };
    if (path !== '' && this.nodes.get(base.path) !== null) return { errno: this.#errno.ENOTDIR };
    const parts = [];
    for (const part of path.split('/')) {
      if (part === '..' && parts.length === 0) return { errno: this.#errno.EPERM };
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    return path.startsWith('/') ? { errno: this.#errno.EPERM } : { errno: 0, base, whole: [base.path, ...parts].join('/') };
  }

  #openDir(program, dir, path, rights, out) {
    const { errno, base, whole } = this.#resolve(program, dir, path);
    if (errno) return errno;
    if (!this.nodes.has(whole)) return this.#errno.ENOENT;
    if (this.nodes.get(whole) !== null) return this.#errno.ENOTDIR;
    return program.u32(out, program.open({ kind: 'file', path: whole, rights: base.rights & rights, offset: 0 }));
  }

  #open(program, dir, path, flags, out) {
    const { errno, base, whole } = this.#resolve(program, dir, path);
    if (errno) return errno;
    const there = this.nodes.has(whole);
    const create = (flags & 4) !== 0;
    const needed = (flags & 1) | (flags & (2 | 16 | 32) ? 2 : 0) | (!there && create ? 4 : 0);
    if (needed & ~base.rights) return this.#errno.ENOTCAPABLE;
    if (there && flags & 8) return this.#errno.EEXIST;
    if (!there && !(create && this.nodes.get(whole.slice(0, whole.lastIndexOf('/'))) === null)) return this.#errno.ENOENT;
    if (there && this.nodes.get(whole) === null && flags & 2) return this.#errno.EISDIR;
    if (!there || flags & 16) this.nodes.set(whole, new Uint8Array(0));
    return program.u32(out, program.open({ kind: 'file', path: whole, rights: flags & 3, offset: 0, append: (flags & 32) !== 0 }));
  }

  #read(program, fd, room, offset, out) {
    const handle = program.handle(fd, 'file');
    if (!handle || !(handle.rights & 1)) return this.#errno.EBADF;
    const bytes = this.nodes.get(handle.path);
    if (!bytes) return this.#errno.EISDIR;
    const from = offset < 0 ? handle.offset : Number(offset);
    const part = bytes.subarray(from, from + room.length);
    room.set(part);
    if (offset < 0) handle.offset += part.length;
    return program.u32(out, part.length);
  }

  #write(program, fd, bytes, offset, out) {
    const handle = program.handle(fd, 'file');
    if (!handle || !(handle.rights & 2)) return this.#errno.EBADF;
    const before = this.nodes.get(handle.path);
    const at = handle.append ? before.length : offset < 0 ? handle.offset : Number(offset);
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.nodes.set(handle.path, after);
    if (offset < 0) handle.offset = at + bytes.length;
    return program.u32(out, bytes.length);
  }

  stat(program, dir, path, out) {
    const { errno, whole } = this.#resolve(program, dir, path);
    if (errno) return errno;
    if (!this.nodes.has(whole)) return this.#errno.ENOENT;
    const bytes = this.nodes.get(whole);
    program.bytes(out, 64).fill(0).set([bytes ? FILE : DIRECTORY], 16);
    program.u32(out + 24, 1);
    return program.u32(out + 32, bytes?.length ?? 0);
  }

  #list(program, dir, cookie, room, out) {
    const base = program.handle(dir, 'file');
    if (!base) return this.#errno.EBADF;
    const prefix = `${base.path}/`;
    const names = [...this.nodes.keys()].filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/')).map((path) => path.slice(prefix.length));
    const records = names.flatMap((name, index) => {
      const bytes = encoder.encode(name);
      const record = new Uint8Array(24 + bytes.length);
      const view = new DataView(record.buffer);
      view.setBigUint64(0, BigInt(index + 1), true);
      view.setBigUint64(8, BigInt(index + 1), true);
      view.setUint32(16, bytes.length, true);
      record.set([this.nodes.get(prefix + name) ? FILE : DIRECTORY], 20);
      record.set(bytes, 24);
      return index < Number(cookie) ? [] : [...record];
    });
    const part = records.slice(0, room.length);
    room.set(part);
    return program.u32(out, part.length);
  }

  #of(ns) {
    if (!this.pairs.has(ns)) this.pairs.set(ns, new Map());
    return this.pairs.get(ns);
  }

  #scan(program, ns, prefix, after, room, out) {
    const order = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const keys = [...this.#of(ns).keys()].filter((key) => key.startsWith(prefix) && (after === '' || order(key, after) > 0)).toSorted(order);
    let used = 0;
    for (const key of keys) {
      const [name, value] = [encoder.encode(key), this.#of(ns).get(key)];
      const whole = 8 + name.length + value.length;
      if (used + whole > room.length) return used === 0 ? program.u32(out, whole) || this.#errno.ERANGE : program.u32(out, used);
      const view = new DataView(room.buffer, room.byteOffset + used);
      view.setUint32(0, name.length, true);
      view.setUint32(4, value.length, true);
      room.set(name, used + 8);
      room.set(value, used + 8 + name.length);
      used += whole;
    }
    return program.u32(out, used);
  }

  /** Read whole before any of it is done. */
  #batch(ns, records) {
    const changes = [];
    for (let at = 0; at < records.length;) {
      if (records.length - at < 8) return this.#errno.EINVAL;
      const view = new DataView(records.buffer, records.byteOffset + at);
      const [key, value] = [view.getUint32(0, true), view.getUint32(4, true)];
      const kept = value === 0xffffffff ? 0 : value;
      if (key < 1 || key > 1024 || records.length - at < 8 + key + kept) return this.#errno.EINVAL;
      const name = new TextDecoder().decode(records.subarray(at + 8, at + 8 + key));
      changes.push([name, value === 0xffffffff ? undefined : records.slice(at + 8 + key, at + 8 + key + kept)]);
      at += 8 + key + kept;
    }
    for (const [name, value] of changes) value ? this.#of(ns).set(name, value) : this.#of(ns).delete(name);
    return 0;
  }

  tokenCreate(program, fd, holder, rights, lifetime, out) {
    const handle = program.handle(fd, 'file');
    if (!handle) return this.#errno.EBADF;
    if (rights & ~handle.rights) return this.#errno.ENOTCAPABLE;
    this.#tokens.push({ holder, maker: program.pid, rights, until: program.host.now + lifetime, path: handle.path });
    program.bytes(out, 96).fill(0).set(encoder.encode('mock'), 4);
    return program.u32(out, this.#tokens.length);
  }

  /** Known by a number, and the mark that it is the mock's. */
  #token(program, at) {
    return program.text(at + 4, 4) === 'mock' ? this.#tokens[program.view().getUint32(at, true) - 1] : undefined;
  }

  #redeem(program, at, out) {
    const token = this.#token(program, at);
    if (!token) return this.#errno.EBADMSG;
    if (token.holder !== program.pid) return this.#errno.EACCES;
    if (token.revoked) return this.#errno.ENOTCAPABLE;
    if (program.host.now > token.until) return this.#errno.ETIMEDOUT;
    if (token.redeemed) return this.#errno.EALREADY;
    token.redeemed = true;
    return program.u32(out, program.open({ kind: 'file', path: token.path, rights: token.rights, offset: 0 }));
  }

  #revoke(program, at) {
    const token = this.#token(program, at);
    if (!token) return this.#errno.EBADMSG;
    if (token.maker !== program.pid) return this.#errno.EACCES;
    token.revoked = true;
    return 0;
  }

  /** The functions of module `astrid` that are about files, keys and tokens. */
  calls(program) {
    const text = (at, length) => program.text(at, length);
    return { ...this.#keyCalls(program), ...this.#fileCalls(program, text) };
  }

  #fileCalls(program, text) {
    const fails = (call) => program.host.failure(call);
    return {
      astrid_vfs_open_dir: (dir, at, length, rights, out) => fails('vfs_open_dir') || this.#openDir(program, dir, text(at, length), rights, out),
      astrid_vfs_open: (dir, at, length, flags, out) => fails('vfs_open') || this.#open(program, dir, text(at, length), flags, out),
      astrid_vfs_read: (fd, at, length, offset, out) => this.#read(program, fd, program.bytes(at, length), offset, out),
      astrid_vfs_write: (fd, at, length, offset, out) => fails('vfs_write') || this.#write(program, fd, program.bytes(at, length), offset, out),
      astrid_vfs_stat: (dir, at, length, out) => this.stat(program, dir, text(at, length), out),
      astrid_vfs_list: (dir, cookie, at, length, out) => this.#list(program, dir, cookie, program.bytes(at, length), out),
      astrid_token_create: (fd, holder, rights, lifetime, out) => this.tokenCreate(program, fd, holder, rights, lifetime, out),
      astrid_token_redeem: (at, out) => this.#redeem(program, at, out),
      astrid_token_revoke: (at) => this.#revoke(program, at),
    };
  }

  #keyCalls(program) {
    /** Namespace and key, once they are checked. */
    const of = (call, at, length, keyAt, keyLength, use) => {
      const fault = program.host.failure(call) || (keyLength < 1 ? this.#errno.EINVAL : keyLength > 1024 ? this.#errno.ENAMETOOLONG : 0);
      return fault || use(this.#of(program.text(at, length)), program.text(keyAt, keyLength));
    };
    return {
      astrid_kv_get: (ns, n, key, k, at, length, out) => of('kv_get', ns, n, key, k, (pairs, name) => {
        const value = pairs.get(name);
        if (!value) return this.#errno.ENOENT;
        program.u32(out, value.length);
        if (value.length > length) return this.#errno.ERANGE;
        program.bytes(at, length).set(value);
        return 0;
      }),
      astrid_kv_set: (ns, n, key, k, at, length) => of('kv_set', ns, n, key, k, (pairs, name) => void pairs.set(name, program.bytes(at, length).slice()) ?? 0),
      astrid_kv_delete: (ns, n, key, k) => of('kv_delete', ns, n, key, k, (pairs, name) => (pairs.delete(name) ? 0 : this.#errno.ENOENT)),
      astrid_kv_has: (ns, n, key, k, out) => of('kv_has', ns, n, key, k, (pairs, name) => program.u32(out, pairs.has(name) ? 1 : 0)),
      astrid_kv_scan: (ns, n, prefix, p, after, a, at, length, out) => this.#scan(program, program.text(ns, n), program.text(prefix, p), program.text(after, a), program.bytes(at, length), out),
      astrid_kv_batch: (ns, n, at, length) => program.host.failure('kv_batch') || this.#batch(program.text(ns, n), program.bytes(at, length)),
    };
  }
}
