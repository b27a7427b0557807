// The page that the harness drives: `globalThis.bench` runs one guest program under one peer, or one floor.
import { authority } from './authority.js';
import { bus } from './bus.js';
import { runInWasmer } from './wasmer.js';

const modules = new Map();

/** Peers that run inside a worker of this bundle; a new worker for each run, so that a hang ends with it. */
const WORKERS = {
  browser_wasi_shim: () => new Worker(new URL('./shim.worker.js', import.meta.url), { type: 'module' }),
  runno: () => new Worker(new URL('./runno.worker.js', import.meta.url), { type: 'module' }),
  'wasm-util + memfs': () => new Worker(new URL('./memfs.worker.js', import.meta.url), { type: 'module' }),
};

function compiled(url) {
  if (!modules.has(url)) modules.set(url, WebAssembly.compileStreaming(fetch(url)));
  return modules.get(url);
}

/** One message to a worker and its answer; the worker is terminated in any case. */
function ask(worker, message, limit) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limit / 1000} s`)), limit);
    const settle = (action) => (value) => (clearTimeout(timer), action(value));
    worker.onmessage = settle((event) => resolve(event.data));
    worker.onerror = settle((event) => reject(new Error(event.message || 'the worker failed')));
    worker.postMessage(message);
  }).finally(() => worker.terminate());
}

const asFailure = (error) => ({ stderr: '', code: null, error: String(error?.message ?? error) });

/**
 * Runs `url` with `args` (without argv[0]) under a peer.
 * @returns {Promise<{stderr: string, code: number | null, stdoutBytes?: number, error?: string}>}
 */
async function run(peer, url, args, limit) {
  try {
    if (peer === 'wasmer') return await runInWasmer(url, args, limit);
    return await ask(WORKERS[peer](), { module: await compiled(url), args }, limit);
  } catch (error) {
    return asFailure(error);
  }
}

/** @param {'copy' | 'indexeddb'} name */
async function floor(name, options, limit) {
  return ask(new Worker(new URL('./floors.worker.js', import.meta.url), { type: 'module' }), { name, options }, limit);
}

/** Milliseconds from the page's message to the answer, the program run each time, in a worker made once or each time. */
async function helloRoundTrips(url, { count, fresh, args = [] }) {
  const message = { module: await compiled(url), args };
  const make = WORKERS.browser_wasi_shim;
  let worker = make();
  await once(worker, message);
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    if (fresh) {
      worker.terminate();
      worker = make();
    }
    await once(worker, message);
    times.push(performance.now() - start);
  }
  worker.terminate();
  return times;
}

function once(worker, message) {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
    worker.postMessage(message);
  });
}

globalThis.bench = { run, floor, authority, bus, helloRoundTrips, peers: [...Object.keys(WORKERS), 'wasmer'] };
