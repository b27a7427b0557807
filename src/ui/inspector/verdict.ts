import type { ModuleImport, ModuleInfo, ParsedModule } from './wasm-module.ts';

/** What kind of program it is, whether it can run here, and what to do if not. */
export interface Verdict {
  title: string;
  runnable: boolean;
  /** Why not, and what to do; or a remark. */
  advice: string | null;
  /** Functions that it imports and that nothing here provides, as `module.name`; calls of them answer ENOSYS. Absent for none. */
  stubbed?: string[];
}

const WASI = 'wasi_snapshot_preview1';
/** The draft before preview 1, with the same functions; it is provided too. */
const DRAFT = 'wasi_unstable';
const isWasi = (module: string): boolean => module === WASI || module === DRAFT;

/** The functions of WASI preview 1 (`wasi_snapshot_preview1.witx`) by what they let a program do. */
const FUNCTIONS: Record<string, readonly string[]> = {
  files: [
    'fd_advise', 'fd_allocate', 'fd_datasync', 'fd_fdstat_get', 'fd_fdstat_set_flags', 'fd_fdstat_set_rights', 'fd_filestat_get',
    'fd_filestat_set_size', 'fd_filestat_set_times', 'fd_pread', 'fd_prestat_get', 'fd_prestat_dir_name', 'fd_pwrite', 'fd_readdir',
    'fd_renumber', 'fd_seek', 'fd_sync', 'fd_tell', 'path_create_directory', 'path_filestat_get', 'path_filestat_set_times', 'path_link',
    'path_open', 'path_readlink', 'path_remove_directory', 'path_rename', 'path_symlink', 'path_unlink_file',
  ],
  stdio: ['fd_read', 'fd_write', 'fd_close'],
  arguments: ['args_get', 'args_sizes_get', 'environ_get', 'environ_sizes_get'],
  time: ['clock_res_get', 'clock_time_get'],
  wait: ['poll_oneoff', 'sched_yield'],
  random: ['random_get'],
  network: ['sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown'],
  process: ['proc_exit', 'proc_raise'],
};

/** The host ABI (`wasm-samples/sdk/ABI.md`). */
const ASTRID = 'astrid';
const ASTRID_FUNCTIONS: Record<string, readonly string[]> = {
  messages: ['publish', 'subscribe', 'request', 'reply', 'log'],
  pairs: ['kv_get', 'kv_set', 'kv_delete', 'kv_has', 'kv_scan', 'kv_batch'],
  files: ['vfs_open_dir', 'vfs_open', 'vfs_read', 'vfs_write', 'vfs_stat', 'vfs_list', 'vfs_close'],
  more: ['cap_request', 'token_create', 'token_redeem', 'token_revoke'],
  http: ['http_request'],
  programs: ['spawn', 'wait', 'pid'],
};
const ASTRID_KNOWN = new Set(Object.values(ASTRID_FUNCTIONS).flat().map((name) => `${ASTRID}_${name}`));

const KNOWN = new Set(Object.values(FUNCTIONS).flat());

/** The one function of wasi-threads. */
const isThreadSpawn = (module: string, name: string): boolean => module === 'wasi' && name === 'thread-spawn';

const isProvided = ({ module, name, kind }: ModuleImport): boolean =>
  kind === 'memory' || (kind === 'function' && ((isWasi(module) && KNOWN.has(name)) || isThreadSpawn(module, name) || (module === ASTRID && ASTRID_KNOWN.has(name))));

/** Imports that nothing here provides, as `module.name`. Functions among them answer ENOSYS, anything else keeps it from starting. */
export function unknownImports(info: ModuleInfo): string[] {
  return info.imports.filter((each) => !isProvided(each)).map(({ module, name }) => `${module}.${name}`);
}

export function judge(parsed: ParsedModule): Verdict {
  switch (parsed.format) {
    case 'module': return judgeModule(parsed.info);
    case 'component': return refuse('WebAssembly component', 'Components cannot run here yet. Build a core module instead: target wasm32-wasip1.');
    case 'empty': return refuse('Empty file', 'There is nothing in it. Build or download it again.');
    case 'not-wasm': return refuse('Not WebAssembly', 'Its first bytes are not those of a WebAssembly binary. It can be kept as a file.');
    case 'truncated': return refuse('Truncated WebAssembly', `It ends too early, at byte ${parsed.offset}: ${parsed.detail}. Download or build it again.`);
    case 'malformed': return refuse('Damaged WebAssembly', `Byte ${parsed.offset}: ${parsed.detail}. Build it again.`);
  }
}

const refuse = (title: string, advice: string): Verdict => ({ title, runnable: false, advice });

function judgeModule(info: ModuleInfo): Verdict {
  const exported = (name: string): boolean => info.exports.some((item) => item.name === name && item.kind === 'function');
  const missing = info.imports.filter((each) => !isProvided(each) && each.kind !== 'function').map(({ module, name, kind }) => `${module}.${name} (${kind})`);
  if (missing.length > 0) return refuse('Module with unknown imports', `It needs ${listOf(missing)}, which nothing here provides. ${hintFor(missing)}`);
  if (!exported('_start')) {
    return exported('_initialize')
      ? refuse('WASI reactor', 'A reactor is a library: it has no main program (_start) to run. Build it as a command.')
      : refuse('Library without a main program', 'It exports no _start. Build it as a WASI command (wasm32-wasip1, not a cdylib).');
  }
  const reachable = info.memories.some(({ imported }) => imported) || info.exports.some((item) => item.kind === 'memory' && item.name === 'memory');
  if (!reachable && info.imports.length > 0) {
    return refuse('Command without a memory', 'It exports no memory, so no call could reach its data. Export it as “memory”.');
  }
  if (info.memories.some((memory) => memory.memory64)) return refuse('64-bit command', 'Its memory is 64-bit, which WASI preview 1 does not know. Build it for wasm32.');
  const refused = threadTrouble(info);
  if (refused) return refused;
  const draft = info.imports.some(({ module }) => module === DRAFT);
  const threads = info.imports.some(({ module, name }) => isThreadSpawn(module, name)) ? ' with threads' : '';
  const title = `${draft ? 'WASI command of the draft before preview 1' : 'WASI preview 1 command'}${threads}`;
  const stubbed = unknownImports(info);
  if (stubbed.length === 0) return { title, runnable: true, advice: null };
  return { title, runnable: true, advice: `It has unknown imports: calls of ${listOf(stubbed)} answer ENOSYS, as nothing here provides them. ${hintFor(stubbed)}`, stubbed };
}

function threadTrouble(info: ModuleInfo): Verdict | null {
  if (!info.imports.some(({ module, name }) => isThreadSpawn(module, name))) return null;
  if (!info.exports.some(({ name, kind }) => name === 'wasi_thread_start' && kind === 'function')) {
    return refuse('Command with half of threads', 'It starts threads but exports no wasi_thread_start for them. Build it for wasm32-wasip1-threads.');
  }
  if (info.memories.some(({ imported }) => imported)) return null;
  return refuse('Command whose threads share no memory', 'It starts threads but has a memory of its own. Link it with --import-memory --shared-memory.');
}

function listOf(names: string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

function hintFor(unknown: string[]): string {
  if (unknown.some((name) => /wbindgen|__wbg/.test(name))) return 'It was made for a web page with wasm-bindgen; build it for wasm32-wasip1.';
  if (unknown.some((name) => /^(env|a)\./.test(name))) return 'Emscripten: link with -sSTANDALONE_WASM. AssemblyScript: use @assemblyscript/wasi-shim. Otherwise a library was left unlinked.';
  if (unknown.some((name) => /^(gojs|go)\./.test(name))) return 'Go: build with GOOS=wasip1 rather than GOOS=js.';
  if (unknown.every((name) => name.startsWith('astrid.'))) return 'It was built for another version of the host ABI (module astrid) than this page has.';
  return 'Build it for wasm32-wasip1.';
}

/** One thing that a program may do, in plain words. */
export interface Ability {
  id: 'files' | 'stdio' | 'time' | 'random' | 'wait' | 'network' | 'arguments' | 'messages' | 'pairs' | 'http' | 'programs' | 'more';
  text: string;
  asked: boolean;
}

/** What the imports of preview 1 and of the host ABI amount to; the latter only where it has any. */
export function abilities(info: ModuleInfo): Ability[] {
  return [...wasiAbilities(info), ...hostAbilities(info)];
}

function hostAbilities(info: ModuleInfo): Ability[] {
  const names = new Set(info.imports.filter(({ module }) => module === ASTRID).map(({ name }) => name));
  if (names.size === 0) return [];
  const ability = (id: Ability['id'], text: string): Ability => ({ id, text, asked: (ASTRID_FUNCTIONS[id] ?? []).some((name) => names.has(`${ASTRID}_${name}`)) });
  return [
    ability('messages', 'send and receive messages'),
    ability('pairs', 'keep pairs of keys and values'),
    ability('http', 'make HTTP requests'),
    ability('programs', 'start other programs'),
    ability('more', 'ask for more, and pass on what it has'),
  ];
}

function wasiAbilities(info: ModuleInfo): Ability[] {
  const names = new Set(info.imports.filter(({ module }) => isWasi(module)).map(({ name }) => name));
  const asks = (group: string): boolean => (FUNCTIONS[group] ?? []).some((name) => names.has(name));
  const host = new Set(info.imports.filter(({ module }) => module === ASTRID).map(({ name }) => name));
  const paths = [...names].some((name) => name.startsWith('path_') || name === 'fd_readdir') || ASTRID_FUNCTIONS['files']!.some((name) => host.has(`${ASTRID}_${name}`));
  return [
    { id: 'files', text: 'read and write files', asked: paths },
    { id: 'stdio', text: 'write to the terminal and read what you type', asked: asks('stdio') },
    { id: 'arguments', text: 'read its arguments and environment', asked: asks('arguments') },
    { id: 'time', text: 'know the time', asked: asks('time') },
    { id: 'wait', text: 'sleep and wait', asked: asks('wait') },
    { id: 'random', text: 'use randomness', asked: asks('random') },
    { id: 'network', text: 'use network connections', asked: asks('network') },
  ];
}

/** `Rust 1.96.0`, `C11, clang 19.1.7`: languages first, then tools; null if the module does not say. */
export function producerText(info: ModuleInfo): string | null {
  const of = (field: string): string[] => (info.producers.find((entry) => entry.field === field)?.values ?? [])
    .map(({ name, version }) => (version === '' ? name : `${name} ${version.split(' (')[0]}`));
  const texts = [...new Set([...of('language'), ...of('processed-by')])].slice(0, 3);
  return texts.length > 0 ? texts.join(', ') : null;
}
