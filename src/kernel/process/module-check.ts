import { FsError } from '../../shared/base/index.ts';

/** Longest module, in bytes; engines refuse longer ones. */
export const MODULE_MAX = 1 << 30;
/** Bytes that `checkHeader` wants. */
export const HEADER_LENGTH = 8;

const MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;
const NAMED = 3;

function refuse(path: string, detail: string): FsError {
  return new FsError('ENOEXEC', 'spawn', path, { detail });
}

function describe(head: Uint8Array): string {
  if (head[0] === 0x23 && head[1] === 0x21) return 'a script (it starts with #!), not WebAssembly';
  if (head[0] === 0x7f && head[1] === 0x45) return 'a native program (ELF), not WebAssembly; build it for wasm32-wasip1';
  if (head[0] === 0x4d && head[1] === 0x5a) return 'a native program (Windows), not WebAssembly; build it for wasm32-wasip1';
  const bytes = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `not WebAssembly: it starts with ${bytes} instead of 00 61 73 6d`;
}

/** Refuses what cannot be a core module by its first 8 bytes and its size. @throws FsError ENOEXEC that says what it is */
export function checkHeader(path: string, head: Uint8Array, size: number): void {
  if (size === 0) throw refuse(path, 'the file is empty (0 bytes)');
  if (MAGIC.some((byte, at) => at < head.length && head[at] !== byte)) throw refuse(path, describe(head));
  if (size < HEADER_LENGTH) throw refuse(path, `a truncated module: ${size} bytes, its header alone has ${HEADER_LENGTH}`);
  const [version, layer] = [(head[4] ?? 0) | ((head[5] ?? 0) << 8), (head[6] ?? 0) | ((head[7] ?? 0) << 8)];
  if (layer === 1) throw refuse(path, 'a WASI preview 2 component, which cannot run here yet; build it as a preview 1 module (wasm32-wasip1)');
  if (version !== 1 || layer !== 0) throw refuse(path, `WebAssembly of version ${version}, layer ${layer}; only core modules of version 1 run`);
  if (size > MODULE_MAX) throw refuse(path, `${size} bytes; a module has ${MODULE_MAX} at most`);
}

/** The engine's refusal, in words. */
export function compileFault(path: string, size: number, error: unknown): FsError {
  const message = String((error as Error).message ?? error).replace(/^WebAssembly\.\w+\(\):\s*/, '');
  const cut = /past end|end of|length|extends/i.test(message) ? `truncated or damaged (${size} bytes)` : 'damaged or uses features this browser lacks';
  return new FsError('ENOEXEC', 'spawn', path, { detail: `the module is ${cut}: ${message}`, cause: error });
}

/** Refuses a module that is no WASI command. @throws FsError ENOEXEC */
export function checkCommand(path: string, module: WebAssembly.Module): void {
  const imports = WebAssembly.Module.imports(module);
  // Functions that are not there answer ENOSYS.
  const missing = imports.filter(({ kind }) => kind !== 'memory' && kind !== 'function');
  if (missing.length > 0) throw refuse(path, missingText(missing));
  const exported = WebAssembly.Module.exports(module);
  const has = (name: string, kind: string): boolean => exported.some((one) => one.name === name && one.kind === kind);
  if (!has('_start', 'function')) throw refuse(path, 'a library, not a command: it exports no _start function. Build it as a WASI command');
  if (!has('memory', 'memory') && !imports.some((one) => one.kind === 'memory')) {
    throw refuse(path, 'it exports no memory, so it cannot pass data to WASI. Export its memory under the name "memory"');
  }
}

function missingText(missing: WebAssembly.ModuleImportDescriptor[]): string {
  const named = missing.slice(0, NAMED).map((one) => `${one.module}.${one.name} (${one.kind})`).join(', ');
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  return `it imports what is not provided here: ${named}${more}. ${hint(missing)}`;
}

function hint(missing: WebAssembly.ModuleImportDescriptor[]): string {
  const from = (pattern: RegExp): boolean => missing.some((one) => pattern.test(one.module));
  if (from(/^gojs$|^go$/)) return 'Go built it for a JavaScript page; use GOOS=wasip1 GOARCH=wasm';
  if (from(/^wbg$|^__wbindgen|_bg\.js$/)) return 'It was built with wasm-bindgen for a page; build it for wasm32-wasip1';
  if (from(/^wasix/)) return 'It needs WASIX; build it for plain WASI preview 1';
  if (from(/^wasi$/)) return 'Of the module "wasi" only thread-spawn (WASI threads) is provided';
  if (from(/^wasi:/)) return 'It is the core of a preview 2 component; build it for preview 1 (wasm32-wasip1)';
  return 'Only WASI preview 1 is provided; build it for wasm32-wasip1';
}
