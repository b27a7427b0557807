import { WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim';
import type { GuestThread, ImportedMemory, ImportResults } from '../../shared/abi/index.ts';
import { MemoryWindow } from '../../shared/arena/index.ts';
import { hostAbi, type HostAbi } from '../hostabi/index.ts';
import { TraceWriter } from '../../shared/trace/index.ts';
import type { Vfs } from '../vfs/index.ts';
import { preview1, StringBlock, unstable, type GuestContext, type Preview1, type ProcessClock } from '../wasi/index.ts';
import { instantiateWithMemory } from './imported-memory.ts';
import { Linkage } from './linkage.ts';
import { missingImports, noThreads, notACommand, THREAD_START } from './module-check.ts';
import { amongThreads, threadCalls, type Threading } from './threads.ts';
import { traced } from './traced.ts';
import { describeTrap, isGuestFault, isOutOfMemories } from './trap.ts';

/** Exit code of a process that trapped, as a shell shows an abort. */
export const TRAP_CODE = 134;
/** Exit code of what cannot be run, as a shell has it. */
const NOT_RUNNABLE_CODE = 126;
const NO_MEMORY = 'The browser has no room for the memory of one more program. End other programs of this page (some 120 can run at once), then try again.';

/** How a run ended. `memory`: bytes of linear memory. */
export interface RunResult {
  code: number;
  reason: 'exit' | 'trap' | 'error';
  /** Of a failure: what happened, and what it called that is not there; the latter also beside an exit with another code than 0. */
  message?: string;
  memory: number;
}

export interface RunOptions {
  vfs: Vfs;
  clock: ProcessClock;
  /** With `argv[0]`. */
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  random: GuestContext['random'];
  /** Default: both. */
  grants?: GuestContext['grants'];
  /** What the module asks of the memory that it imports, if that is known. */
  importedMemory?: ImportedMemory | undefined;
  /** Of its imported functions, likewise. */
  importResults?: ImportResults | undefined;
  /** The module may start threads, and `vfs` is made for it. */
  threads?: Threading;
}

interface Started {
  exports: { memory: WebAssembly.Memory; _start: () => unknown };
}

function link(module: WebAssembly.Module, imports: WebAssembly.Imports, told?: ImportedMemory): Started {
  const wanted = WebAssembly.Module.imports(module).find(({ kind }) => kind === 'memory');
  if (!wanted) return new WebAssembly.Instance(module, imports) as unknown as Started;
  const { instance, memory } = instantiateWithMemory(module, imports, wanted, told);
  return { exports: { memory, _start: instance.exports['_start'] as () => unknown } };
}

/** A failure that is neither an exit nor the guest's fault is ours, and is told with its stack. */
function failure(error: unknown): Omit<RunResult, 'memory'> {
  if (error instanceof WASIProcExit) return { code: error.code, reason: 'exit' };
  if (isGuestFault(error)) return { code: TRAP_CODE, reason: 'trap', message: describeTrap(error) };
  if (error instanceof WebAssembly.LinkError) return { code: NOT_RUNNABLE_CODE, reason: 'error', message: error.message };
  if (isOutOfMemories(error)) return { code: NOT_RUNNABLE_CODE, reason: 'error', message: NO_MEMORY };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: TRAP_CODE, reason: 'error', message: `internal error: ${message}` };
}

/** `result`, and what the program called that is not there, if it failed. */
function withRemark<T extends Omit<RunResult, 'memory'>>(result: T, { remark }: Linkage): T {
  if (remark === null || (result.reason === 'exit' && result.code === 0)) return result;
  return { ...result, message: result.message === undefined ? remark : `${result.message}\n${remark}` };
}

interface Host {
  context: GuestContext;
  calls: Preview1;
  imports: Record<string, Record<string, unknown>>;
  /** From when on threads can be started. */
  ready: { threads: boolean };
}

/** What the module is linked with; its memory comes later. The host ABI is made for who imports it. */
function hostOf(options: RunOptions, tid = options.threads ? 0 : undefined): Host {
  const { vfs, clock, random, grants = { clocks: true, entropy: true } } = options;
  const context: GuestContext = {
    memory: new MemoryWindow(vfs.process.arena, new ArrayBuffer(0)),
    vfs, clock, random, grants,
    args: new StringBlock(options.args),
    env: new StringBlock(options.env),
  };
  vfs.names.tell(options.args.slice(1), options.env);
  const calls = preview1(context);
  const old = unstable(context, calls);
  const ready = { threads: false };
  let host: HostAbi | undefined;
  const writer = TraceWriter.of(vfs.process.arena, vfs.process.handle, context, { origin: clock.origin, tid, names: vfs.names.bases });
  const noted = <T extends object>(each: T): T => traced(options.threads ? amongThreads(each, vfs) : each, writer);
  const imports = {
    wasi_snapshot_preview1: noted(calls), wasi_unstable: noted(old),
    ...(options.threads && { wasi: noted(threadCalls(vfs, () => ready.threads)) }),
    get astrid() { return (host ??= noted(hostAbi(context))); },
  };
  return { context, calls: imports.wasi_snapshot_preview1, ready, imports };
}

function announce({ announce: tell }: Threading, memory: WebAssembly.Memory, ready: Host['ready']): void {
  if (memory.buffer instanceof ArrayBuffer) throw new WebAssembly.LinkError('The module wants threads but its memory is not shared. Link it with --shared-memory.');
  tell(memory);
  ready.threads = true;
}

/** Runs a command to its end, with fresh state. Never throws. */
export function runModule(module: WebAssembly.Module, options: RunOptions): RunResult {
  const { context, calls, imports, ready } = hostOf(options);
  const linkage = new Linkage();
  const refused = missingImports(module) ?? notACommand(module) ?? (options.threads ? noThreads(module) : null);
  if (refused !== null) return { code: NOT_RUNNABLE_CODE, reason: 'error', message: refused, memory: 0 };
  const memory = (): number => context.memory.u8.buffer.byteLength;
  try {
    const started = link(module, linkage.scope(module, imports, options.importResults), options.importedMemory);
    const { arena, handle } = options.vfs.process;
    context.memory = new MemoryWindow(arena, started.exports.memory, (bytes) => { handle.memory = bytes; });
    if (options.threads) announce(options.threads, started.exports.memory, ready);
    const wasi = new WASI([...options.args], [...options.env], []);
    wasi.wasiImport = calls;
    const code = wasi.start(started);
    context.memory.refresh();
    return withRemark({ code, reason: 'exit', memory: memory() }, linkage);
  } catch (error) {
    context.memory.refresh();
    return withRemark({ ...failure(error), memory: memory() }, linkage);
  }
}

/** Runs one more thread of a command, in an instance of its own. Null when its function has returned; else how the process ends. Never throws. */
export function runThread(module: WebAssembly.Module, options: RunOptions & { threads: Threading }, thread: GuestThread): RunResult | null {
  const { memory, tid, start } = thread;
  const { context, imports, ready } = hostOf(options, tid);
  context.memory = new MemoryWindow(options.vfs.process.arena, memory);
  ready.threads = true;
  const linkage = new Linkage();
  try {
    const known = linkage.scope(module, imports, options.importResults);
    const wanted = WebAssembly.Module.imports(module).find(({ kind }) => kind === 'memory')!;
    const scope = { ...known, [wanted.module]: { ...known[wanted.module], [wanted.name]: memory } };
    const { exports } = new WebAssembly.Instance(module, scope);
    (exports[THREAD_START] as (tid: number, start: number) => void)(tid, start);
    return null;
  } catch (error) {
    context.memory.refresh();
    return withRemark({ ...failure(error), memory: context.memory.u8.buffer.byteLength }, linkage);
  }
}
