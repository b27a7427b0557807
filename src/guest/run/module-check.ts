/** What the names of imports say about where a module comes from, and what to do about it. */
const hints: readonly [pattern: RegExp, hint: string][] = [
  [/^(wasi|wasi_).*:|^(\$root|cm32p2)/, 'It is the core of a WASI preview 2 component; build it for preview 1 (wasm32-wasip1).'],
  [/^(gojs|go)$/, 'It was built by Go for a JavaScript page; build it with GOOS=wasip1 GOARCH=wasm.'],
  [/^(wbg|__wbindgen|\.\/.*_bg\.js)/, 'It was built with wasm-bindgen for a JavaScript page; build it for wasm32-wasip1.'],
  [/^wasi$/, 'Of the module "wasi" only thread-spawn (WASI threads) is provided.'],
  [/^wasix/, 'It was built for WASIX; build it for WASI preview 1.'],
  [/^(env|a)$/, 'It expects a JavaScript page around it; build it for WASI preview 1 (a standalone wasm32-wasi target).'],
  [/^astrid$/, 'It was built for another version of the host ABI than this host has (1).'],
];

const NAMED = 3;
/** Characters of a name, at most: what a module calls its imports is its own business. */
const NAME_MAX = 60;

/** What the import's names say, in one sentence. */
export function hintFor(modules: readonly string[]): string {
  const found = hints.find(([pattern]) => modules.some((module) => pattern.test(module)));
  return found ? found[1] : 'Only WASI preview 1 and the module "astrid" are provided; build it for wasm32-wasip1.';
}

const clipped = (name: string): string => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name);

/** `env.f, env.g, env.h and 2 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).map(clipped).join(', ')}${more}`;
}

/** Text that says which imports that are no functions nobody provides, and what to do; null if there are none. Functions have stubs. */
export function missingImports(module: WebAssembly.Module): string | null {
  const missing = WebAssembly.Module.imports(module).filter(({ kind }) => kind !== 'function' && kind !== 'memory');
  if (missing.length === 0) return null;
  const names = listed(missing.map(({ module: from, name, kind }) => `${from}.${name} (${kind})`));
  return `The module imports what is not provided here: ${names}. ${hintFor(missing.map(({ module: from }) => from))}`;
}

/** Text that says why a module is not a command that can be started; null if it is one. */
export function notACommand(module: WebAssembly.Module): string | null {
  const exported = WebAssembly.Module.exports(module);
  const has = (name: string, kind: string): boolean => exported.some((each) => each.name === name && each.kind === kind);
  if (!has('_start', 'function')) {
    return has('_initialize', 'function')
      ? 'The module is a reactor (a library with _initialize), not a command: it has no _start to run. Build it as a command.'
      : 'The module has no _start function, so there is nothing to run. Build it as a WASI command with a main function.';
  }
  const imports = WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory');
  return has('memory', 'memory') || imports
    ? null
    : 'The module exports no memory, so WASI calls cannot read or write anything. Export its memory under the name "memory".';
}

/** The import by which a module starts threads (the wasi-threads proposal). */
export const THREAD_SPAWN = { module: 'wasi', name: 'thread-spawn' } as const;
/** The export that each thread begins with. */
export const THREAD_START = 'wasi_thread_start';

/** Whether a module may start threads. */
export function wantsThreads(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.imports(module).some((each) => each.module === THREAD_SPAWN.module && each.name === THREAD_SPAWN.name && each.kind === 'function');
}

/** Text that says why a module that wants threads can have none; null if it can. */
export function noThreads(module: WebAssembly.Module): string | null {
  const starts = WebAssembly.Module.exports(module).some(({ name, kind }) => name === THREAD_START && kind === 'function');
  if (!starts) return `The module wants threads but exports no ${THREAD_START} for them to begin with. Build it for wasm32-wasip1-threads.`;
  if (WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory')) return null;
  return 'The module wants threads but has a memory of its own, which they cannot share. Link it with --import-memory --shared-memory.';
}
