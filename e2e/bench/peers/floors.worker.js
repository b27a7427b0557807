// What no design can beat: a bare copy between two memories, and IndexedDB with nothing around it.
import { twoMemories } from './two-memories.js';

const MIB = 1024 * 1024;
const PAGE = 64 * 1024;
const STAMP = 4096;

function copier(shared) {
  const from = { shared, minimum: (16 * MIB) / PAGE, maximum: (16 * MIB) / PAGE };
  const to = { shared: false, minimum: 2 };
  const memory = ({ shared, minimum, maximum }) => {
    const made = new WebAssembly.Memory({ initial: minimum, maximum, shared });
    // Pages never written are all one page of zeros, which no cache would miss.
    new Uint8Array(made.buffer).fill(1);
    return made;
  };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(twoMemories(from, to)), {
    host: { from: memory(from), to: memory({ ...to, maximum: to.minimum }) },
  });
  return instance.exports.copy;
}

function copyPass(copy, size, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) copy(0, (i * size) % (16 * MIB), size);
  return ((performance.now() - start) * 1e6) / count;
}

/** Nanoseconds a copy; the first figure is cold. */
function copies({ size, shared, count, passes }) {
  const copy = copier(shared);
  return Array.from({ length: passes + 1 }, () => copyPass(copy, size, count));
}

const settled = (target, done) =>
  new Promise((resolve, reject) => {
    target.addEventListener(done, () => resolve(target.result));
    target.addEventListener('error', () => reject(target.error));
    target.addEventListener('blocked', () => reject(new Error('the database is in use')));
  });

async function openDatabase(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore('values');
  return settled(request, 'success');
}

function randomBytes(length) {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 65536) crypto.getRandomValues(bytes.subarray(i, i + 65536));
  return bytes;
}

/** A value that is like no other: cut from the pool, every 4 KiB stamped. */
function valueOf(pool, key, size) {
  const at = (key * size) % (pool.length - size);
  const bytes = pool.slice(at, at + size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i + 4 <= size; i += STAMP) view.setUint32(i, key);
  return bytes;
}

async function writeBatch(database, pool, { from, to, size, durability }) {
  const transaction = database.transaction('values', 'readwrite', { durability });
  const store = transaction.objectStore('values');
  for (let key = from; key < to; key++) store.put(valueOf(pool, key, size), key);
  transaction.commit?.();
  await settled(transaction, 'complete');
}

async function indexedDbPass(pool, { mib, size, batchMib }) {
  const name = `floor-${crypto.randomUUID()}`;
  const database = await openDatabase(name);
  const count = Math.ceil((mib * MIB) / size);
  const batch = Math.floor((batchMib * MIB) / size);
  const start = performance.now();
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    await writeBatch(database, pool, { from, to, size, durability: to === count ? 'strict' : 'relaxed' });
  }
  const took = performance.now() - start;
  database.close();
  await settled(indexedDB.deleteDatabase(name), 'success');
  return (mib * MIB) / (took * 1e3);
}

/** MB/s of each pass. */
async function indexedDbRates(options) {
  const pool = randomBytes(8 * MIB);
  const rates = [];
  for (let i = 0; i < options.passes; i++) rates.push(await indexedDbPass(pool, options));
  return rates;
}

async function transactionsPass({ count, size }) {
  const name = `floor-${crypto.randomUUID()}`;
  const database = await openDatabase(name);
  const start = performance.now();
  for (let key = 0; key < count; key++) await writeBatch(database, randomBytes(2 * size), { from: key, to: key + 1, size, durability: 'relaxed' });
  const took = performance.now() - start;
  database.close();
  await settled(indexedDB.deleteDatabase(name), 'success');
  return (count * 1000) / took;
}

/** Transactions a second of each pass, with one small value in each. */
async function transactionRates(options) {
  const rates = [];
  for (let i = 0; i < options.passes; i++) rates.push(await transactionsPass(options));
  return rates;
}

const FLOORS = { copy: copies, indexeddb: indexedDbRates, transactions: transactionRates };

onmessage = async ({ data }) => postMessage(await FLOORS[data.name](data.options));
