import type { Arena } from './arena.ts';

/** Imports arena memory as `a.m` (0) and the other memory as `g.m` (1); exports `i` (arena → other) and `o` (other → arena). */
function copierBytes(shared: boolean): Uint8Array<ArrayBuffer> {
  const limits = shared ? [0x03, 0x00, 0x80, 0x80, 0x04] : [0x00, 0x00];
  const imports = [0x02, 1, 0x61, 1, 0x6d, 2, 0x03, 0x00, 0x80, 0x80, 0x04, 1, 0x67, 1, 0x6d, 2, ...limits];
  const body = (to: number, from: number): number[] => [12, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0a, to, from, 0x0b];
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    1, 7, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0,
    2, imports.length, ...imports,
    3, 3, 2, 0, 0,
    7, 9, 2, 1, 0x69, 0, 0, 1, 0x6f, 0, 1,
    0x0a, 27, 2, ...body(1, 0), ...body(0, 1),
  ]);
}

const modules: (WebAssembly.Module | null | undefined)[] = [undefined, undefined];

/** The compiled helper, or null where the engine has no multi-memory. */
function copierModule(shared: boolean): WebAssembly.Module | null {
  const at = shared ? 1 : 0;
  if (modules[at] === undefined) {
    try {
      modules[at] = new WebAssembly.Module(copierBytes(shared));
    } catch {
      modules[at] = null;
    }
  }
  return modules[at]!;
}

type Copy = (to: number, from: number, length: number) => void;

/**
 * A memory beside the arena (a guest's, or a private buffer of the kernel) with the copies between the two.
 * Callers check bounds first; `u8` and `view` are replaced by `refresh` when the guest's memory grew.
 */
export class MemoryWindow {
  u8!: Uint8Array;
  view!: DataView;
  /** Other threads may change the memory under us. */
  shared = false;
  /** Arena → window: (window address, arena address, bytes). */
  readonly fromArenaTo: Copy;
  /** Window → arena: (arena address, window address, bytes). */
  readonly toArenaFrom: Copy;
  readonly #source: WebAssembly.Memory | ArrayBuffer;
  readonly #onSize: ((bytes: number) => void) | undefined;

  /** `onSize` hears of the size at once, and of each growth that is noticed. */
  constructor(arena: Arena, source: WebAssembly.Memory | ArrayBuffer, onSize?: (bytes: number) => void) {
    this.#source = source;
    this.#onSize = onSize;
    this.refresh();
    const copier = source instanceof WebAssembly.Memory ? instantiate(arena, source) : null;
    this.fromArenaTo = copier?.i ?? ((to, from, length) => this.u8.set(arena.u8.subarray(from, from + length), to));
    this.toArenaFrom = copier?.o ?? ((to, from, length) => arena.u8.set(this.u8.subarray(from, from + length), to));
  }

  refresh(): void {
    const buffer = this.#source instanceof WebAssembly.Memory ? this.#source.buffer : this.#source;
    this.u8 = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.shared = !(buffer instanceof ArrayBuffer);
    this.#onSize?.(buffer.byteLength);
  }

  /** Whether [pointer, pointer + length) lies in the memory, growing the views if the memory grew. */
  has(pointer: number, length: number): boolean {
    if (pointer + length <= this.u8.length && this.u8.length !== 0) return true;
    // An engine may show another thread's growth only to who asks for it.
    if (this.shared && this.#source instanceof WebAssembly.Memory) this.#source.grow(0);
    this.refresh();
    return pointer + length <= this.u8.length;
  }
}

function instantiate(arena: Arena, guest: WebAssembly.Memory): { i: Copy; o: Copy } | null {
  const shared = typeof SharedArrayBuffer !== 'undefined' && guest.buffer instanceof SharedArrayBuffer;
  const module = copierModule(shared);
  if (!module) return null;
  try {
    const { exports } = new WebAssembly.Instance(module, { a: { m: arena.memory }, g: { m: guest } });
    return { i: exports['i'] as Copy, o: exports['o'] as Copy };
  } catch {
    // A 64-bit memory, say: the plain copies do.
    return null;
  }
}

const empty = new ArrayBuffer(0);

/** A window over private bytes, for the kernel's own copies. Its buffer is replaced by `wrap`. */
export class BufferWindow extends MemoryWindow {
  constructor(arena: Arena) {
    super(arena, empty);
  }

  /** Makes `bytes` the window's memory; addresses count from the array's first byte. */
  wrap(bytes: Uint8Array): this {
    this.u8 = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this;
  }

  override refresh(): void {
    if (this.u8 === undefined) super.refresh();
  }
}
