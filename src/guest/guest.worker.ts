import type { FromGuest, GuestInit, GuestRun, ToGuest } from '../shared/abi/index.ts';
import { Arena, ProcessHandle } from '../shared/arena/index.ts';
import { ArenaBus } from '../shared/bus/index.ts';
import { SharedMemoryTransport } from '../shared/link/index.ts';
import { Tree } from '../shared/tree/index.ts';
import { dropAmbient } from './ambient.ts';
import { Decisions, LiveGrants } from './hostabi/index.ts';
import { prepareMainThread, runModule, runThread, wantsThreads, type RunOptions, type RunResult } from './run/index.ts';
import { Vfs } from './vfs/index.ts';
import { ProcessClock, workerTime } from './wasi/index.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = (message: FromGuest): void => scope.postMessage(message);
const { crypto } = scope;

/** What a guest must not have, gone before there is a guest. */
const kept = dropAmbient(scope);
if (kept.length > 0) throw new Error(`guest worker: cannot drop ${kept.join(', ')}`);

/** Loaded when it is wanted: most workers run modules. */
const loadShell = () => import('./programs/prompt/index.ts');

/** A built-in program ends like any other: a code, or our own error with its stack. */
async function runShell(vfs: Vfs, run: GuestRun): Promise<RunResult> {
  try {
    const { sh } = await loadShell();
    return { code: sh({ vfs, args: run.args, env: run.env, cwd: run.cwd }), reason: 'exit', memory: 0 };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code: 134, reason: 'error', message: `internal error: ${message}`, memory: 0 };
  }
}

/** One run, with nothing left of the one before it. Null when a thread has ended that is not the process. The kernel closes the descriptors when it hears of the end. */
function execute(memory: WebAssembly.Memory, run: GuestRun): RunResult | null | Promise<RunResult> {
  const arena = Arena.attach(memory);
  const handle = new ProcessHandle(arena, run.pcb);
  const clock = new ProcessClock(workerTime());
  const transport = new SharedMemoryTransport(arena, handle);
  const threads = run.program !== 'sh' && wantsThreads(run.program);
  if (threads && !run.thread && !prepareMainThread(arena, handle)) return { code: 126, reason: 'error', message: 'shared memory is full', memory: 0 };
  const vfs = new Vfs({
    arena, handle, threads,
    tree: new Tree(arena, handle),
    kernel: (request, data) => transport.call(request, data),
    bus: () => new ArenaBus(arena, handle),
    onWait: (milliseconds) => clock.addWaiting(milliseconds),
  });
  if (run.observe) vfs.names.observe = (fd, path, rights) => void vfs.process.kernel({ op: 'observed', fd, path, rights });
  if (run.program === 'sh') return runShell(vfs, run);
  const options: RunOptions = {
    vfs, clock, args: run.args, env: run.env, grants: new LiveGrants(new Decisions(vfs.process), run.grants), importedMemory: run.importedMemory, importResults: run.importResults,
    random: (bytes) => crypto.getRandomValues(bytes),
  };
  if (!threads) return runModule(run.program, options);
  const threading = { announce: (shared: WebAssembly.Memory) => post({ type: 'memory', pid: run.pid, memory: shared }) };
  const withThreads = { ...options, threads: threading };
  return run.thread ? runThread(run.program, withThreads, run.thread) : runModule(run.program, withThreads);
}

let memory: WebAssembly.Memory | null = null;

function init(message: GuestInit): void {
  ({ memory } = message);
  post({ type: 'ready' });
  // A failure is met again, and told, where the shell is run.
  if (message.shell) loadShell().catch(() => undefined);
}

function run(message: GuestRun): void {
  if (!memory) throw new Error('guest worker: run before init');
  const { pid, thread } = message;
  const finish = (result: RunResult | null): void => {
    post(result === null ? { type: 'thread-end', pid, tid: thread!.tid } : { type: 'exit', pid, ...result });
    post({ type: 'ready' });
  };
  const result = execute(memory, message);
  if (result instanceof Promise) void result.then(finish);
  else finish(result);
}

scope.onmessage = ({ data }: MessageEvent<ToGuest>) => (data.type === 'init' ? init(data) : run(data));
