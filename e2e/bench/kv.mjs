import { within } from './browser.mjs';

const LIMIT = 120_000;
const KEYS = 100_000;
const CALLS = 1000;

/** In the page: 100 000 keys, then single calls of values of 100 bytes, each awaited. Milliseconds. */
async function measure([keys, calls]) {
  const kv = globalThis.palimpsest.kv('bench');
  const name = (i) => `bench/${String(i).padStart(8, '0')}`;
  const value = () => crypto.getRandomValues(new Uint8Array(100));
  if ((await kv.usage()).keys < keys) {
    for (let at = 0; at < keys; at += 5000) {
      await kv.batch(Array.from({ length: 5000 }, (_, i) => ({ key: name(at + i), value: value() })), { durable: false });
    }
  }
  const timed = async (action) => {
    const times = [];
    for (let i = 0; i < calls; i++) {
      const start = performance.now();
      await action(name(Math.floor(Math.random() * keys)));
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return { p50: times[calls >> 1], p99: times[Math.floor(calls * 0.99)] };
  };
  const raw = await new Promise((resolve, reject) => {
    const request = indexedDB.open('bench-raw');
    request.onupgradeneeded = () => request.result.createObjectStore('values');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const put = (key) => new Promise((resolve, reject) => {
    const transaction = raw.transaction('values', 'readwrite', { durability: 'strict' });
    transaction.objectStore('values').put(value().buffer, key);
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    transaction.commit();
  });
  const floor = await timed(put);
  raw.close();
  return { floor, set: await timed((key) => kv.set(key, value())), get: await timed((key) => kv.get(key)) };
}

/**
 * Durable writes and reads of the page's API with 100 000 keys; `floor` is a bare strict transaction of one put.
 * @returns {Promise<{floor: {p50: number, p99: number}, set: {p50: number, p99: number}, get: {p50: number, p99: number}}[]>} for each pass
 */
export async function measureKv(page, passes) {
  const found = [];
  for (let pass = 0; pass < passes; pass++) found.push(await within(LIMIT, 'key-value pairs', page.evaluate(measure, [KEYS, CALLS])));
  return found;
}

/** In the page: a program that keeps pairs of its own. It comes as bytes, for a module that is compiled already nobody knows. */
async function runGuest(args) {
  const process = await globalThis.palimpsest.run({ module: globalThis.bench.bytes.hostcalls, name: 'host-guest', args, stdin: '' });
  const text = (stream) => new Response(stream).text();
  const [stdout, stderr, { code, message }] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${message ?? stderr}`);
  return JSON.parse(stdout);
}

/**
 * The same from a program, over its 9000 keys: durable writes one by one and in batches of 100, reads; each pass is a process. Nanoseconds, and writes a second.
 * @returns {Promise<{batch: {rate: number}, set: {p50: number, p99: number}, get: {p50: number, p99: number}}[]>} for each pass
 */
export async function measureGuestKv(page, passes) {
  const call = (args) => within(LIMIT, `pairs of a program: ${args[0]}`, page.evaluate(runGuest, args));
  const found = [];
  for (let pass = 0; pass <= passes; pass++) {
    const batch = await call(['kv-batch', '45000', '100']);
    found.push({ batch, set: await call(['kv-set', String(CALLS)]), get: await call(['kv-get', String(CALLS)]) });
  }
  // The first has the room of its files still to be made.
  return found.slice(1);
}
