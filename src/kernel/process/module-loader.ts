import type { FileService, Node } from '../contract/index.ts';
import type { ImportedMemory, ImportResults } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import { amount } from './limits.ts';
import { importResults } from './import-results.ts';
import { importedMemory, limitMemory, MemoryTooLarge } from './memory-limit.ts';
import { NO_JUDGE, noteFacts, type FileJudge } from './module-facts.ts';
import { NotUnderstood } from './module-binary.ts';
import { HEADER_LENGTH, checkCommand, checkHeader, compileFault } from './module-check.ts';

/** Compiled modules kept, at most; the longest unused goes first. */
const CACHE_MAX = 32;
/** Bytes read at once. */
const SLICE = 1 << 20;

/** Of the modules that were compiled here. */
const memories = new WeakMap<WebAssembly.Module, ImportedMemory>();
const results = new WeakMap<WebAssembly.Module, ImportResults>();

/** What a module asks of the memory that it imports; undefined if it imports none, or if it came compiled. */
export function importedMemoryOf(module: WebAssembly.Module): ImportedMemory | undefined {
  return memories.get(module);
}

/** The results of its imported functions, those of the usual kinds left out; undefined if there are no others, or if it came compiled. */
export function importResultsOf(module: WebAssembly.Module): ImportResults | undefined {
  return results.get(module);
}

/** Turns what a caller names into a compiled command; keeps compiled files as long as they do not change. */
export class ModuleLoader {
  /** In order of use. */
  readonly #cache = new Map<string, Promise<WebAssembly.Module>>();
  readonly #judge: FileJudge;

  constructor(judge: FileJudge = NO_JUDGE) {
    this.#judge = judge;
  }

  /**
   * `source`: a module, its bytes, or a path in `namespace`. `name` is for errors. `memory`: bytes that its
   * memories may have together, at most; a module that comes compiled cannot be given a limit.
   * @throws FsError ENOEXEC (says what the file is instead), ENOMEM (it needs more memory at its start), ENOTSUP, and what reading it throws
   */
  async load(namespace: Namespace, source: WebAssembly.Module | Uint8Array | string, name: string, memory: number | null = null): Promise<WebAssembly.Module> {
    if (typeof source === 'string') return this.loadAt(await namespace.walk(source, { operation: 'spawn' }), source, memory);
    if (source instanceof Uint8Array) return compile(this.#judge, name, source, memory);
    if (memory !== null) throw new FsError('ENOTSUP', 'spawn', name, { detail: 'the memory of a module that is compiled already cannot be limited; pass its bytes' });
    checkCommand(name, source);
    return source;
  }

  /** Of the file that was found there, whatever has its path by now. `path` is for errors. */
  async loadAt({ mount, node, path: place }: Location, path: string, memory: number | null = null): Promise<WebAssembly.Module> {
    const { service } = mount;
    const { kind, dev, ino, mtime, size } = await service.stat(node);
    if (kind === 'directory') throw new FsError('EISDIR', 'spawn', path);
    if (kind !== 'file') throw new FsError('ENOEXEC', 'spawn', path, { detail: `a ${kind}, not a file` });
    // What is shipped is known by its path too.
    const key = `${place}:${dev}:${ino}:${mtime}:${size}:${memory}`;
    const known = this.#cache.get(key);
    this.#cache.delete(key);
    const module = known ?? readAndCompile(this.#judge, service, node, place, size, memory);
    this.#cache.set(key, module);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > CACHE_MAX && !oldest.done) this.#cache.delete(oldest.value);
    module.catch(() => this.#cache.delete(key));
    return module;
  }
}

async function readAndCompile(judge: FileJudge, service: FileService, node: Node, path: string, size: number, memory: number | null): Promise<WebAssembly.Module> {
  checkHeader(path, await service.read(node, 0, HEADER_LENGTH), size);
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const part = await service.read(node, at, Math.min(SLICE, size - at));
    if (part.length === 0) throw new FsError('EIO', 'spawn', path, { detail: `it ended at ${at} of ${size} bytes` });
    whole.set(part, at);
    at += part.length;
  }
  return compile(judge, path, whole, memory, true);
}

async function compile(judge: FileJudge, path: string, bytes: Uint8Array, memory: number | null, isFile = false): Promise<WebAssembly.Module> {
  checkHeader(path, bytes.subarray(0, HEADER_LENGTH), bytes.length);
  let module: WebAssembly.Module;
  try {
    const given = memory === null ? bytes : limited(path, bytes, memory);
    const compiling = WebAssembly.compile(given as Uint8Array<ArrayBuffer>);
    // The engine compiles beside.
    const [shipped, hash] = [isFile ? judge.shipped(path, bytes) : Promise.resolve(false), judge.hash(bytes)];
    module = await compiling;
    noteFacts(module, { hash, shipped: await shipped });
    const imported = importedMemory(given);
    if (imported) memories.set(module, imported);
    const unusual = importResults(given);
    if (unusual) results.set(module, unusual);
  } catch (error) {
    if (error instanceof FsError) throw error;
    throw compileFault(path, bytes.length, error);
  }
  checkCommand(path, module);
  return module;
}

/** What is no module is left to the engine, which says why; what only the engine understands is refused. */
function limited(path: string, bytes: Uint8Array, memory: number): Uint8Array {
  try {
    return limitMemory(bytes, memory);
  } catch (error) {
    if (error instanceof MemoryTooLarge) {
      throw new FsError('ENOMEM', 'spawn', path, { detail: `it needs ${amount(error.needed)} of memory to start, its limit is ${amount(memory)}` });
    }
    if (!(error instanceof NotUnderstood)) throw error;
    if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) return bytes;
    throw new FsError('ENOTSUP', 'spawn', path, { detail: `its memory cannot be limited: ${error.message}` });
  }
}
