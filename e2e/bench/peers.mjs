import { median, readPasses } from './rows.mjs';
import { within } from './browser.mjs';

/** Longest that a peer may take over one row. */
const LIMIT = 25_000;

/** Opens the page of peers and floors (server.mjs serves it). */
export async function openPeers(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await within(10_000, 'the page of peers', page.evaluate(() => new Promise((resolve) => {
    const look = () => (globalThis.bench ? resolve() : setTimeout(look, 20));
    look();
  })));
  return page;
}

async function askPeer(page, peer, row, passes) {
  const args = [...row.guest, `--passes=${passes}`];
  const call = ([name, url, list, limit]) => globalThis.bench.run(name, url, list, limit);
  const outcome = await within(LIMIT + 5_000, peer, page.evaluate(call, [peer, '/guest/bench.wasm', args, LIMIT]));
  return readPasses(row, outcome);
}

/** @returns {Promise<Record<string, object>>} peer → figures, or `{error}` */
export async function measurePeers(page, row, passes, progress) {
  const figures = {};
  for (const peer of await page.evaluate(() => globalThis.bench.peers)) {
    progress(`${row.id}: ${peer}`);
    figures[peer] = await askPeer(page, peer, row, passes).catch((error) => ({ error: error.message }));
  }
  return figures;
}

async function measureCopy(page, { size, count }, shared, passes) {
  const call = (options) => globalThis.bench.floor('copy', options, 60_000);
  const [cold, ...rest] = await page.evaluate(call, { size, count, shared, passes });
  const rates = rest.map((ns) => size / ns);
  return { cold: size / cold, steady: median(rates), passes: rates };
}

/** Bare copies of the row's size, from private and from shared memory. */
export async function measureCopies(page, floor, passes) {
  return {
    'bare copy, private': await measureCopy(page, floor, false, passes),
    'bare copy, shared': await measureCopy(page, floor, true, passes),
  };
}

/** MB/s of raw IndexedDB, for values of three sizes. */
export async function measureIndexedDb(page, mib, passes) {
  const call = (options) => globalThis.bench.floor('indexeddb', options, 600_000);
  const floors = {};
  const sizes = { 'raw IndexedDB, 1 MiB values': 1024 * 1024, 'raw IndexedDB, 64 KiB values': 64 * 1024, 'raw IndexedDB, 60 KiB values': 60 * 1024 };
  for (const [name, size] of Object.entries(sizes)) {
    const rates = await page.evaluate(call, { mib, size, batchMib: 32, passes });
    floors[name] = { cold: rates[0], steady: median(rates), passes: rates };
  }
  return floors;
}

/** Files a second at one IndexedDB transaction for each, relaxed, with a value of 200 bytes. */
export async function measureTransactions(page, passes) {
  const rates = await page.evaluate((options) => globalThis.bench.floor('transactions', options, 120_000), { count: 1000, size: 200, passes });
  return { cold: rates[0], steady: median(rates), passes: rates };
}

/** Milliseconds of a program under browser_wasi_shim in a bare, warm worker, from the page's message to its answer. */
export async function measureProgram(page, url, args, passes) {
  const times = await page.evaluate(([path, options]) => globalThis.bench.helloRoundTrips(path, options), [url, { count: passes + 1, fresh: false, args }]);
  return { cold: times[0], steady: median(times.slice(1)), passes: times.slice(1) };
}

/** Milliseconds of a hello run in a bare worker, warm and new. */
export async function measureHello(page, passes) {
  const call = (options) => globalThis.bench.helloRoundTrips('/guest/hello.wasm', options);
  const figures = (times) => ({ cold: times[0], steady: median(times.slice(1)), passes: times.slice(1) });
  return {
    'bare warm worker': figures(await page.evaluate(call, { count: passes * 4 + 1, fresh: false })),
    'fresh worker': figures(await page.evaluate(call, { count: passes + 1, fresh: true })),
  };
}

