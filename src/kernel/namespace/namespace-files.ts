import type { DirEntry, Stat } from '../../shared/abi/index.ts';
import type { NodeEntry, NodeStat } from '../contract/index.ts';
import { concatBytes, FsError } from '../../shared/base/index.ts';
import { copyTo } from './copy.ts';
import type { Location } from './mount-table.ts';
import type { Namespace } from './namespace.ts';
import { trimSlashes } from './path-parts.ts';
import { naming, need } from './refuse.ts';
import { removeBelow } from './remove.ts';
import { sameLocation, type Resolution } from './walk.ts';

/** Bytes with a known length that are read in slices; a Blob is one. */
export interface ByteSource {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** Bytes moved at once between a caller and a service. */
const SLICE = 1 << 20;
/** Longest file that is read as one array. */
const WHOLE_MAX = 0x7fff_ffff;
/** Longest stream (device) that is read to its end; an endless one fails instead. */
const STREAM_MAX = 8 * SLICE;
/** Entries asked of a service at once. */
const PAGE = 1024;

/** `NodeStat` as it crosses to the window: milliseconds with fractions. */
export function toStat(stat: NodeStat): Stat {
  const ms = (time: bigint): number => Number(time / 1000n) / 1000;
  return { ...stat, atime: ms(stat.atime), mtime: ms(stat.mtime), ctime: ms(stat.ctime) };
}

/**
 * Files by path, without open descriptors: what the window's calls and the kernel itself use. Paths are absolute, or
 * relative to `/`. Failures are `FsError` with the operation and the path as given.
 */
export class NamespaceFiles {
  readonly #namespace: Namespace;

  constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  /** @throws FsError EISDIR, EFBIG for an endless device or over 2 GiB */
  readFile(path: string): Promise<Uint8Array> {
    return naming('read', path, async () => {
      const { mount, node } = await this.#namespace.walk(path);
      const stream = mount.service.seekable?.(node) === false;
      const { size } = await mount.service.stat(node);
      if (size > WHOLE_MAX) throw new FsError('EFBIG', 'read', path, { detail: `${size} bytes, over ${WHOLE_MAX}` });
      return this.#readAll({ mount, node, path }, size, stream ? STREAM_MAX : WHOLE_MAX);
    });
  }

  async #readAll({ mount, node, path }: Location, size: number, limit: number): Promise<Uint8Array> {
    let whole = new Uint8Array(size);
    let used = 0;
    for (;;) {
      const part = await mount.service.read(node, used, Math.max(1, Math.min(SLICE, whole.length - used || SLICE)));
      if (part.length === 0) return whole.subarray(0, used);
      if (used + part.length > limit) throw new FsError('EFBIG', 'read', path, { detail: 'the device has no end; read a range of it' });
      if (used + part.length > whole.length) whole = widen(whole, used + part.length);
      whole.set(part, used);
      used += part.length;
    }
  }

  /** At most `length` bytes from `offset`, fewer at the end. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return naming('read', path, async () => {
      if (!(offset >= 0 && length >= 0)) throw new FsError('EINVAL', 'read', path, { detail: `range ${offset}+${length}` });
      const { mount, node } = await this.#namespace.walk(path);
      const parts: Uint8Array[] = [];
      let got = 0;
      while (got < length) {
        const part = await mount.service.read(node, offset + got, Math.min(SLICE, length - got));
        if (part.length === 0) break;
        parts.push(part);
        got += part.length;
      }
      return parts.length === 1 ? parts[0]! : concatBytes(parts);
    });
  }

  /** Creates or replaces the contents. @throws FsError EISDIR, EROFS, ENOSPC */
  writeFile(path: string, data: Uint8Array | ByteSource): Promise<void> {
    return naming('write', path, async () => {
      await this.#writeFrom(await this.#openForWriting(path), 0, data);
    });
  }

  /** Writes into a file that is there, from `offset` on; a gap before it reads as zeros. @throws FsError ENOENT, EISDIR, EROFS, ENOSPC */
  writeRange(path: string, offset: number, data: Uint8Array | ByteSource): Promise<void> {
    return naming('write', path, async () => {
      if (!(offset >= 0)) throw new FsError('EINVAL', 'write', path, { detail: `offset ${offset}` });
      const target = await this.#namespace.walk(path, { operation: 'write' });
      if ((await target.mount.service.stat(target.node)).kind === 'directory') throw new FsError('EISDIR', 'write', path);
      await this.#writeFrom(target, offset, data);
    });
  }

  async #writeFrom(target: Location, offset: number, data: Uint8Array | ByteSource): Promise<void> {
    let position = offset;
    for await (const part of slices(data)) {
      await this.#writeAll(target, position, part);
      position += part.length;
    }
  }

  async #openForWriting(path: string): Promise<Location> {
    const { parent, name, found } = await this.#namespace.resolve(path, { operation: 'write' });
    if (!found) return { ...parent, node: await need(parent, 'create', path)(parent.node, name) };
    const { kind } = await found.mount.service.stat(found.node);
    if (kind === 'directory') throw new FsError('EISDIR', 'write', path);
    await need(found, 'truncate', path)(found.node, 0);
    return found;
  }

  async #writeAll(target: Location, from: number, data: Uint8Array): Promise<void> {
    const write = need(target, 'write', target.path);
    for (let done = 0; done < data.length; ) {
      const count = await write(target.node, from + done, data.subarray(done));
      if (count <= 0) throw new FsError('ENOSPC', 'write', target.path);
      done += count;
    }
  }

  /** Mountpoints are listed with origin `mount`. In the order of the service. */
  readdir(path: string): Promise<DirEntry[]> {
    return naming('readdir', path, async () => {
      const dir = await this.#namespace.walk(path);
      const { service } = dir.mount;
      const found: DirEntry[] = [];
      for (let cookie = 0; ; ) {
        const page = await service.readdir(dir.node, cookie, PAGE);
        for (const entry of page) {
          const described = this.#describe(dir, entry);
          const row = described instanceof Promise ? await described : described;
          if (row) found.push(row);
        }
        if (page.length === 0) return found;
        cookie = (page.at(-1) as NodeEntry).cookie;
      }
    });
  }

  /** Undefined for an entry that has gone since it was listed. */
  #describe(dir: Location, entry: NodeEntry): DirEntry | undefined | Promise<DirEntry | undefined> {
    const over = this.#namespace.covering(dir, entry.node);
    const row = ({ kind, size, origin }: NodeStat): DirEntry => ({ name: entry.name, kind, size, origin: over ? 'mount' : origin });
    const gone = (error: unknown): undefined => {
      if (!(error instanceof FsError)) throw error;
      return undefined;
    };
    try {
      const stat = over ? over.service.stat(over.root) : dir.mount.service.stat(entry.node);
      return stat instanceof Promise ? stat.then(row, gone) : row(stat);
    } catch (error) {
      return gone(error);
    }
  }

  stat(path: string): Promise<Stat> {
    return naming('stat', path, async () => this.#stat(await this.#namespace.walk(path)));
  }

  lstat(path: string): Promise<Stat> {
    return naming('lstat', path, async () => this.#stat(await this.#namespace.walk(path, { follow: false })));
  }

  async #stat(location: Location): Promise<Stat> {
    const stat = toStat(await location.mount.service.stat(location.node));
    return location.mount.at && location.node === location.mount.root ? { ...stat, origin: 'mount' } : stat;
  }

  /** With `recursive` the missing directories above are made too, and an existing directory is no error. */
  mkdir(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    return naming('mkdir', path, async () => {
      if (options.recursive) return this.#mkdirAll(trimSlashes(path));
      const { parent, name, found } = await this.#namespace.resolve(trimSlashes(path), { follow: false });
      if (found) throw new FsError('EEXIST', 'mkdir', path);
      await need(parent, 'mkdir', path)(parent.node, name);
    });
  }

  async #mkdirAll(path: string): Promise<void> {
    const missing: string[] = [];
    const parts = path.split('/');
    for (let count = parts.length; count > 0; count--) {
      const prefix = parts.slice(0, count).join('/') || '/';
      const resolution = await this.#namespace.resolve(prefix).catch(missingAbove);
      if (resolution?.found) {
        const { kind } = await resolution.found.mount.service.stat(resolution.found.node);
        if (kind !== 'directory') throw new FsError(count === parts.length ? 'EEXIST' : 'ENOTDIR', 'mkdir', prefix);
        break;
      }
      missing.push(prefix);
    }
    for (const prefix of missing.reverse()) {
      const { parent, name, found } = await this.#namespace.resolve(prefix);
      if (!found) await need(parent, 'mkdir', prefix)(parent.node, name);
    }
  }

  /**
   * Removes a file, a link (not what it points to) or an empty directory; with `recursive` a directory and all in it.
   * @throws FsError EBUSY for a mountpoint, also one inside; what was removed before it stays removed
   */
  rm(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    return naming('rm', path, async () => {
      const { parent, name, found, kind } = await this.#existing('rm', path);
      if (kind !== 'directory') {
        await need(parent, 'unlink', path)(parent.node, name);
        return;
      }
      if (options.recursive) await removeBelow(this.#namespace, found);
      await need(parent, 'rmdir', path)(parent.node, name);
    });
  }

  /** An entry that may be removed or renamed: it has a name, and is not a mountpoint. */
  async #existing(operation: string, path: string): Promise<Resolution & { found: Location; kind: NodeStat['kind'] }> {
    const trimmed = trimSlashes(path);
    const { parent, name, found } = await this.#namespace.resolve(trimmed, { follow: false, operation });
    if (!found) throw new FsError('ENOENT', operation, path);
    if (found.node === found.mount.root) throw new FsError('EBUSY', operation, path, { detail: 'something is mounted there' });
    if (name === '') throw new FsError('EINVAL', operation, path, { detail: '`.` and `..` cannot be named' });
    const { kind } = await found.mount.service.stat(found.node);
    if (trimmed !== path && kind !== 'directory') throw new FsError('ENOTDIR', operation, path);
    return { parent, name, found, kind };
  }

  /** Replaces a file, or an empty directory, that is at `to`. @throws FsError EXDEV between services, EINVAL into itself */
  rename(from: string, to: string): Promise<void> {
    return naming('rename', from, async () => {
      const source = await this.#existing('rename', from);
      const trimmed = trimSlashes(to);
      const target = await this.#namespace.resolve(trimmed, { follow: false, operation: 'rename' });
      if (target.found && target.found.node === target.found.mount.root) {
        throw new FsError('EBUSY', 'rename', from, { detail: `something is mounted on ${to}` });
      }
      if (target.name === '') throw new FsError('EINVAL', 'rename', from, { detail: `${to} is not a name` });
      if (trimmed !== to && source.kind !== 'directory') throw new FsError('ENOTDIR', 'rename', from, { detail: `${to} names a directory` });
      this.#requireOneService('rename', from, source.parent, target.parent);
      await need(source.parent, 'rename', from)(source.parent.node, source.name, target.parent.node, target.name);
    });
  }

  #requireOneService(operation: string, path: string, a: Location, b: Location): void {
    if (a.mount.service !== b.mount.service) {
      throw new FsError('EXDEV', operation, path, { detail: `${a.mount.path} and ${b.mount.path} are different file services` });
    }
  }

  /** See `copyTo`; a name that is taken is EEXIST. */
  copy(from: string, to: string, options: { recursive?: boolean } = {}): Promise<void> {
    return naming('copy', from, async () => {
      const source = await this.#namespace.walk(trimSlashes(from), { follow: false, operation: 'copy' });
      const { parent, name, found } = await this.#namespace.resolve(trimSlashes(to), { follow: false, operation: 'copy' });
      if (found) throw new FsError('EEXIST', 'copy', from, { detail: `${to} is there` });
      await copyTo(this.#namespace, source, { dir: parent, name }, options.recursive === true);
    });
  }

  /** `target` is kept as given; it need not exist. */
  symlink(target: string, path: string): Promise<void> {
    return naming('symlink', path, async () => {
      if (target === '') throw new FsError('EINVAL', 'symlink', path, { detail: 'the target is empty' });
      const { parent, name, found } = await this.#namespace.resolve(path, { follow: false, operation: 'symlink' });
      if (found) throw new FsError('EEXIST', 'symlink', path);
      await need(parent, 'symlink', path)(parent.node, name, target);
    });
  }

  readlink(path: string): Promise<string> {
    return naming('readlink', path, async () => {
      const { mount, node } = await this.#namespace.walk(path, { follow: false });
      if (!mount.service.readlink) throw new FsError('EINVAL', 'readlink', path, { detail: 'not a symbolic link' });
      return mount.service.readlink(node);
    });
  }

  /** Another name for a file. A symbolic link is not followed: it gets the second name itself. */
  link(existing: string, path: string): Promise<void> {
    return naming('link', path, async () => {
      const source = await this.#namespace.walk(existing, { follow: false, operation: 'link' });
      const { parent, name, found } = await this.#namespace.resolve(path, { follow: false, operation: 'link' });
      if (found) throw new FsError('EEXIST', 'link', path);
      this.#requireOneService('link', path, source, parent);
      await need(parent, 'link', path)(parent.node, name, source.node);
    });
  }

  /** Whether both paths lead to the same node through the same mount. */
  async same(a: string, b: string): Promise<boolean> {
    return sameLocation(await this.#namespace.walk(a), await this.#namespace.walk(b));
  }

  /** Until everything that was written so far is durable, in every service. */
  async sync(): Promise<void> {
    const services = new Set(this.#namespace.mounts().map((mount) => mount.service));
    await Promise.all([...services].map((service) => service.sync?.()));
  }
}

function missingAbove(error: unknown): undefined {
  if (error instanceof FsError && error.code === 'ENOENT') return undefined;
  throw error;
}

function widen(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(Math.max(length, Math.min(bytes.length * 2, bytes.length + 16 * SLICE)));
  wider.set(bytes);
  return wider;
}

async function* slices(data: Uint8Array | ByteSource): AsyncGenerator<Uint8Array> {
  if (data instanceof Uint8Array) {
    yield data;
    return;
  }
  for (let at = 0; at < data.size; at += SLICE) {
    yield new Uint8Array(await data.slice(at, Math.min(data.size, at + SLICE)).arrayBuffer());
  }
}
