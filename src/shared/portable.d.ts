/**
 * The globals that code of the portable realms (`shared/`, `kernel/`) may use: those that a window, a worker and
 * node all have. Each is a subset of the browser's own declaration, so that the same code compiles in every realm.
 * Only the portable programs include this file; the others have the browser's declarations.
 */

type AllowSharedBufferSource = ArrayBufferLike | ArrayBufferView;
type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;
type Transferable = ArrayBuffer | MessagePort | ReadableStream | WritableStream;

/** A number in browsers, an object in node: `ReturnType<typeof setTimeout>`. */
interface TimerHandle {
  readonly timer: unique symbol;
}
declare function setTimeout(handler: () => void, milliseconds?: number): TimerHandle;
declare function clearTimeout(timer: TimerHandle | undefined): void;
declare function setInterval(handler: () => void, milliseconds?: number): TimerHandle;
declare function clearInterval(timer: TimerHandle | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T, options?: { transfer?: Transferable[] }): T;
declare function reportError(error: unknown): void;

declare const performance: { now(): number; readonly timeOrigin: number };

declare const console: {
  debug(...data: unknown[]): void;
  error(...data: unknown[]): void;
  info(...data: unknown[]): void;
  log(...data: unknown[]): void;
  warn(...data: unknown[]): void;
};

interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}
declare const TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  readonly encoding: string;
  decode(input?: AllowSharedBufferSource, options?: { stream?: boolean }): string;
}
declare const TextDecoder: {
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

interface MessageEvent<T = unknown> {
  readonly data: T;
  readonly ports: readonly MessagePort[];
}

interface MessagePort {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  start(): void;
  close(): void;
  addEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent) => void): void;
  removeEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent) => void): void;
}
declare const MessagePort: { prototype: MessagePort; new (): MessagePort };
interface MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}
declare const MessageChannel: { new (): MessageChannel };

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare const AbortSignal: { any(signals: AbortSignal[]): AbortSignal; timeout(milliseconds: number): AbortSignal };
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare const AbortController: { new (): AbortController };

interface URL {
  readonly href: string;
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  /** With the port, if it is not the scheme's; without it. */
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}
declare const URL: { new (url: string, base?: string): URL; canParse(url: string, base?: string): boolean };

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start?: number, end?: number, type?: string): Blob;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  text(): Promise<string>;
}
declare const Blob: { new (parts?: (BufferSource | Blob | string)[], options?: { type?: string }): Blob };

type ReadableStreamReadResult<T> = { done: false; value: T } | { done: true; value: T | undefined };

interface ReadableStreamDefaultReader<R = unknown> {
  readonly closed: Promise<void>;
  read(): Promise<ReadableStreamReadResult<R>>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}
interface ReadableStreamDefaultController<R = unknown> {
  readonly desiredSize: number | null;
  enqueue(chunk: R): void;
  close(): void;
  error(reason?: unknown): void;
}
interface ReadableStream<R = unknown> {
  readonly locked: boolean;
  cancel(reason?: unknown): Promise<void>;
  getReader(): ReadableStreamDefaultReader<R>;
}
declare const ReadableStream: {
  new <R = unknown>(
    source?: {
      start?: (controller: ReadableStreamDefaultController<R>) => void | PromiseLike<void>;
      pull?: (controller: ReadableStreamDefaultController<R>) => void | PromiseLike<void>;
      cancel?: (reason: unknown) => void | PromiseLike<void>;
    },
    strategy?: { highWaterMark?: number; size?: (chunk: R) => number },
  ): ReadableStream<R>;
};

interface WritableStreamDefaultWriter<W = unknown> {
  readonly closed: Promise<void>;
  readonly ready: Promise<void>;
  readonly desiredSize: number | null;
  write(chunk: W): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
  releaseLock(): void;
}
interface WritableStream<W = unknown> {
  readonly locked: boolean;
  abort(reason?: unknown): Promise<void>;
  close(): Promise<void>;
  getWriter(): WritableStreamDefaultWriter<W>;
}
declare const WritableStream: {
  new <W = unknown>(
    sink?: {
      start?: () => void | PromiseLike<void>;
      write?: (chunk: W) => void | PromiseLike<void>;
      close?: () => void | PromiseLike<void>;
      abort?: (reason: unknown) => void | PromiseLike<void>;
    },
    strategy?: { highWaterMark?: number; size?: (chunk: W) => number },
  ): WritableStream<W>;
};

interface CompressionTransform {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<BufferSource>;
}
/** `gzip`, `deflate`, `deflate-raw`; a TypeError for what the host does not know. */
declare const CompressionStream: { new (format: 'gzip' | 'deflate' | 'deflate-raw'): CompressionTransform };
declare const DecompressionStream: { new (format: 'gzip' | 'deflate' | 'deflate-raw'): CompressionTransform };

declare namespace WebAssembly {
  type ImportExportKind = 'function' | 'global' | 'memory' | 'table' | 'tag';
  type ExportValue = Function | Global | Memory | Table;
  type Exports = Record<string, ExportValue>;
  type ImportValue = ExportValue | number;
  type ModuleImports = Record<string, ImportValue>;
  type Imports = Record<string, ModuleImports>;

  interface CompileError extends Error {}
  const CompileError: { new (message?: string): CompileError };
  interface LinkError extends Error {}
  const LinkError: { new (message?: string): LinkError };
  interface RuntimeError extends Error {}
  const RuntimeError: { new (message?: string): RuntimeError };

  interface Global {
    value: unknown;
  }
  interface Table {
    readonly length: number;
    get(index: number): unknown;
  }
  interface Memory {
    /** A SharedArrayBuffer when the memory is shared; the browser's declaration says ArrayBuffer, as here. */
    readonly buffer: ArrayBuffer;
    /** Takes and returns counts of 64 KiB pages. Throws a RangeError beyond the maximum. */
    grow(delta: number): number;
  }
  const Memory: { new (descriptor: { initial: number; maximum?: number; shared?: boolean }): Memory };

  interface ModuleImportDescriptor {
    module: string;
    name: string;
    kind: ImportExportKind;
  }
  interface ModuleExportDescriptor {
    name: string;
    kind: ImportExportKind;
  }
  interface Module {}
  const Module: {
    new (bytes: BufferSource): Module;
    customSections(module: Module, name: string): ArrayBuffer[];
    exports(module: Module): ModuleExportDescriptor[];
    imports(module: Module): ModuleImportDescriptor[];
  };
  interface Instance {
    readonly exports: Exports;
  }
  const Instance: { new (module: Module, imports?: Imports): Instance };

  function compile(bytes: BufferSource): Promise<Module>;
  function validate(bytes: BufferSource): boolean;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
