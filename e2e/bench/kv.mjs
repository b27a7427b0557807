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
