import type { FileService, Node } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Namespace } from '../namespace/index.ts';
import { HEADER_LENGTH, checkCommand, checkHeader, compileFault } from './module-check.ts';

/** Compiled modules kept, at most; the longest unused goes first. */
const CACHE_MAX = 32;
/** Bytes read at once. */
const SLICE = 1 << 20;

/** Turns what a caller names into a compiled command; keeps compiled files as long as they do not change. */
export class ModuleLoader {
  /** In order of use. */
  readonly #cache = new Map<string, Promise<WebAssembly.Module>>();

  /**
   * `source`: a module, its bytes, or a path in `namespace`. `name` is for errors.
   * @throws FsError ENOEXEC (says what the file is instead), and what reading it throws
   */
  async load(namespace: Namespace, source: WebAssembly.Module | Uint8Array | string, name: string): Promise<WebAssembly.Module> {
    if (typeof source === 'string') return this.#fromFile(namespace, source);
    if (source instanceof Uint8Array) return compile(name, source);
    checkCommand(name, source);
    return source;
  }

  async #fromFile(namespace: Namespace, path: string): Promise<WebAssembly.Module> {
    const { mount, node } = await namespace.walk(path, { operation: 'spawn' });
    const { service } = mount;
    const { kind, dev, ino, mtime, size } = await service.stat(node);
    if (kind === 'directory') throw new FsError('EISDIR', 'spawn', path);
    if (kind !== 'file') throw new FsError('ENOEXEC', 'spawn', path, { detail: `a ${kind}, not a file` });
    const key = `${dev}:${ino}:${mtime}:${size}`;
    const known = this.#cache.get(key);
    this.#cache.delete(key);
    const module = known ?? readAndCompile(service, node, path, size);
    this.#cache.set(key, module);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > CACHE_MAX && !oldest.done) this.#cache.delete(oldest.value);
    module.catch(() => this.#cache.delete(key));
    return module;
  }
}

async function readAndCompile(service: FileService, node: Node, path: string, size: number): Promise<WebAssembly.Module> {
  checkHeader(path, await service.read(node, 0, HEADER_LENGTH), size);
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const part = await service.read(node, at, Math.min(SLICE, size - at));
    if (part.length === 0) throw new FsError('EIO', 'spawn', path, { detail: `it ended at ${at} of ${size} bytes` });
    whole.set(part, at);
    at += part.length;
  }
  return compile(path, whole);
}

async function compile(path: string, bytes: Uint8Array): Promise<WebAssembly.Module> {
  checkHeader(path, bytes.subarray(0, HEADER_LENGTH), bytes.length);
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw compileFault(path, bytes.length, error);
  }
  checkCommand(path, module);
  return module;
}
