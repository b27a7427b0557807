import { authorityRows, guardedRows, measureAuthority, measureGuarded } from './authority.mjs';
import { acrossRows, guestRows, localRows, measureAcross, measureGuestBus, measureLocal } from './bus.mjs';
import { measureBoot } from './boot.mjs';
import { measureDurable, measureGuest, measureHello, measureProgram, measureTwo, openOurs, settle } from './ours.mjs';
import * as peers from './peers.mjs';
import { installGuest, measureMany, measurePingPong, measurePipe, measureScript, measureSpawn } from './processes.mjs';
import { addProbe } from './probe.mjs';
import { GUEST_ROWS, TWO_ROWS, bestPeer, median } from './rows.mjs';
import { measureGuestKv, measureKv } from './kv.mjs';
import { measureSize } from './size.mjs';
import { measureDedup, measureLarge, measureManyFiles, measureSmallFiles, measureTravel } from './store.mjs';
import { measurePrinting } from './terminal.mjs';
import { frameRows, memoryRows, openingRows, scrollingRows } from './window-rows.mjs';
import { measureTrace, traceRows, TRACED } from './trace.mjs';

const DURABLE_MIB = 256;
const RAW = 'raw IndexedDB, 64 KiB values';

const failed = (error) => ({ error: error instanceof Error ? error.message.split('\n')[0] : String(error) });
const orFailure = (work) => work.catch(failed);

/** Each yields results `{id, label, unit, ours, base, peers?, floors?}`; `bench` is what measureRows was given, and the pages. */
const MEASURES = [
  ...GUEST_ROWS.map((row) => ({ ids: [row.id], run: (bench) => guestRow(bench, row) })),
  { ids: ['readdir-flat'], run: readdirFlat },
  { ids: ['hello'], run: helloRow },
  ...TWO_ROWS.map((row) => ({ ids: [row.id], run: (bench) => twoRow(bench, row) })),
  { ids: ['pipe', 'ping'], run: pipeRows },
  { ids: ['pipeline', 'spawn'], run: shellRows },
  { ids: ['many-idle', 'many-spawn'], run: manyRows },
  { ids: ['python'], run: pythonRow },
  { ids: ['durable'], run: durableRow },
  { ids: ['small-files', 'small-rate'], run: smallFileRows },
  { ids: ['dedup'], run: dedupRow },
  { ids: ['diff', 'restore'], run: travelRows },
  { ids: ['copy-1g', 'rename-1g'], run: largeRows },
  { ids: ['open-100k', 'ls-100k'], run: manyFileRows },
  { ids: ['print-block', 'print-interrupt'], run: printRows },
  { ids: ['boot', 'boot-files'], run: bootRows },
  { ids: ['kv-set', 'kv-set-p99', 'kv-get', 'kv-get-p99'], run: kvRows },
  { ids: ['kv-guest-set', 'kv-guest-set-p99', 'kv-guest-get', 'kv-guest-get-p99', 'kv-guest-batch'], run: guestKvRows },
  { ids: ['bus-publish', 'bus-request', 'bus-patterns', 'bus-patterns-arena'], run: busRows },
  { ids: ['bus-across', 'bus-across-ratio', 'bus-across-single', 'bus-round-trip'], run: busAcrossRows },
  { ids: ['bus-guest-publish', 'bus-guest-read', 'bus-guest-request'], run: busGuestRows },
  { ids: ['grant-guest', 'grant-guest-more'], run: guardedGuestRows },
  { ids: ['grant-cached', 'grant-uncached', 'grant-path'], run: grantRows },
  { ids: ['window-frames', 'window-frames-longest', 'window-rate', 'window-written'], run: ofWindow(frameRows) },
  { ids: ['window-open', 'window-open-first'], run: ofWindow(openingRows) },
  { ids: ['window-scroll', 'window-scroll-longest'], run: ofWindow(scrollingRows) },
  { ids: ['window-heap', 'window-resident'], run: ofWindow(memoryRows) },
  { ids: TRACED.map(({ id }) => id), run: tracedRows },
  { ids: ['size'], run: sizeRow },
];

const ofOurs = (bench, work) => (bench.ours ? orFailure(settle(bench.ours).then(() => work(bench.ours))) : undefined);

async function guestRow(bench, row) {
  const measured = await peers.measurePeers(bench.peers, row, bench.passes, bench.progress);
  const floors = row.floor ? await peers.measureCopies(bench.peers, row.floor, bench.passes) : undefined;
  bench.progress(`${row.id}: ours`);
  const ours = await ofOurs(bench, (page) => measureGuest(page, row, bench.passes));
  return [{ id: row.id, label: row.label, unit: row.unit, ours, base: bestPeer(row, measured), peers: measured, floors }];
}

/** The time of an entry in directories of 1 000 and of 100 000. */
async function readdirFlat(bench) {
  const row = GUEST_ROWS.find((entry) => entry.id === 'readdir');
  const sized = (count) => ofOurs(bench, (page) => measureGuest(page, { ...row, guest: ['readdir', String(count)] }, bench.passes));
  const small = await sized(1000);
  const ours = await sized(100_000);
  const base = small?.steady ? { name: '1 000 entries', value: small.steady } : null;
  return [{ id: 'readdir-flat', label: '`fd_readdir` of 100 000 entries, an entry', unit: 'ns', ours, base }];
}

async function helloRow(bench) {
  const floors = await peers.measureHello(bench.peers, bench.passes);
  const ours = await ofOurs(bench, (page) => measureHello(page, bench.passes));
  const base = { name: 'bare warm worker', value: floors['bare warm worker'].steady };
  return [{ id: 'hello', label: '`run()` of a compiled hello, page to exit', unit: 'ms', ours, base, floors }];
}

async function twoRow(bench, row) {
  const found = await ofOurs(bench, (page) => measureTwo(page, row, bench.passes));
  const base = found?.one ? { name: 'one process', value: found.one.steady } : null;
  return [{ id: row.id, label: row.label, unit: 'M/s', ours: found?.ours ?? found, base }];
}

async function durableRow(bench) {
  const floors = await peers.measureIndexedDb(bench.peers, DURABLE_MIB, bench.passes);
  bench.progress('durable: ours');
  const ours = await ofOurs(bench, (page) => measureDurable(page, DURABLE_MIB, bench.passes));
  return [{ id: 'durable', label: 'durable writing of 256 MiB', unit: 'MB/s', ours, base: { name: RAW, value: floors[RAW].steady }, floors }];
}

async function smallFileRows(bench) {
  const floor = await peers.measureTransactions(bench.peers, bench.passes);
  const times = await ofOurs(bench, () => measureSmallFiles(bench.context, bench.oursUrl, bench.passes));
  const rates = Array.isArray(times) ? times.map((took) => 10_000_000 / took) : times;
  const ours = (list) => (Array.isArray(list) ? figuresOf(list) : list);
  return [
    { id: 'small-files', label: '10 000 small files by a program, until they are durable', unit: 'ms', ours: ours(times) },
    { id: 'small-rate', label: 'the same, files a second', unit: '/s', ours: ours(rates), base: { name: 'one transaction a file', value: floor.steady }, floors: { 'one transaction a file': floor } },
  ];
}

async function dedupRow(bench) {
  const found = await ofOurs(bench, () => measureDedup(bench.context, bench.oursUrl));
  const ours = found?.more === undefined ? found : { cold: found.once, steady: found.more, passes: [found.more] };
  return [{ id: 'dedup', label: 'MiB stored for 100 MiB (cold), and for the same bytes once more', unit: 'MiB', ours }];
}

/** Rows of what one measurement gave by key: `[[id, label, key], …]`, in milliseconds. */
function millisecondRows(found, rows) {
  return rows.map(([id, label, key]) => ({ id, label, unit: 'ms', ours: found?.[key] ? figuresOf(found[key]) : found }));
}

async function travelRows(bench) {
  const found = await ofOurs(bench, () => measureTravel(bench.context, bench.oursUrl, bench.passes));
  return millisecondRows(found, [
    ['diff', 'difference of two points 1 000 entries apart', 'diffs'],
    ['restore', 'a file brought back over 1 000 entries, until that is durable', 'restores'],
  ]);
}

async function largeRows(bench) {
  const found = await ofOurs(bench, () => measureLarge(bench.context, bench.oursUrl, bench.passes));
  return millisecondRows(found, [
    ['copy-1g', 'copy of a file of 1 GiB out of a layer below, until it is durable', 'copies'],
    ['rename-1g', 'rename of it, until it is durable', 'renames'],
  ]);
}

async function manyFileRows(bench) {
  const found = await ofOurs(bench, () => measureManyFiles(bench.context, bench.oursUrl, bench.passes));
  return millisecondRows(found, [
    ['open-100k', 'boot to the prompt with 100 000 files', 'prompts'],
    ['ls-100k', 'first listing of one of its directories of 1 000', 'lists'],
  ]);
}

async function pipeRows(bench) {
  await ofOurs(bench, installGuest);
  return [
    { id: 'pipe', label: 'pipe between two processes, 64 KiB writes', unit: 'GB/s', ours: await ofOurs(bench, (page) => measurePipe(page, 256, bench.passes)) },
    { id: 'ping', label: 'one byte there and back between two processes', unit: 'µs', ours: await ofOurs(bench, (page) => measurePingPong(page, bench.passes)) },
  ];
}

async function shellRows(bench) {
  await ofOurs(bench, installGuest);
  const script = 'seq 100000 | sort -rn | head -3';
  return [
    { id: 'pipeline', label: `\`${script.replaceAll('|', '\\|')}\``, unit: 'ms', ours: await ofOurs(bench, (page) => measureScript(page, script, bench.passes)) },
    { id: 'spawn', label: 'a cached command from the shell, to its exit', unit: 'ms', ours: await ofOurs(bench, (page) => measureSpawn(page, '/home/bench/bench-hello >/dev/null', bench.passes)) },
  ];
}

async function manyRows(bench) {
  const MANY = 200;
  const found = await ofOurs(bench, (page) => measureMany(page, MANY, bench.passes));
  const ours = (key) => (found?.[key] ? figuresOf(found[key]) : found);
  return [
    { id: 'many-idle', label: `${MANY} processes, each blocked on a pipe: use of a core`, unit: '%', ours: ours('idle') },
    { id: 'many-spawn', label: '`run()` of a compiled hello meanwhile', unit: 'ms', ours: ours('spawn') },
  ];
}

async function pythonRow(bench) {
  const args = ['-c', 'print(1)'];
  const peer = await peers.measureProgram(bench.peers, '/guest/python.wasm', args, bench.passes);
  const ours = await ofOurs(bench, (page) => measureProgram(page, 'python', args, bench.passes));
  return [{ id: 'python', label: 'Python 3.12, start to `print`', unit: 'ms', ours, base: { name: 'browser_wasi_shim', value: peer.steady }, peers: { browser_wasi_shim: peer } }];
}

const figuresOf = (values) => ({ cold: values[0], steady: median(values), passes: values });

async function printRows(bench) {
  const found = await ofOurs(bench, (page) => measurePrinting(page, bench.passes));
  const ours = (key) => (found?.[key] ? figuresOf(found[key]) : found);
  return [
    { id: 'print-block', label: '100 MB printed to the terminal: longest block of the page', unit: 'ms', ours: ours('blocks') },
    { id: 'print-interrupt', label: 'Ctrl-C while printing, to the exit', unit: 'ms', ours: ours('interrupts') },
  ];
}

async function bootRows(bench) {
  const found = await ofOurs(bench, () => measureBoot(bench.context, bench.oursUrl, bench.passes));
  const ours = found?.files ? figuresOf(found.files) : found;
  const base = found?.empty ? { name: 'empty workspace', value: median(found.empty) } : null;
  const label = 'boot to the prompt with 10 000 files';
  return [
    { id: 'boot', label, unit: 'ms', ours },
    { id: 'boot-files', label: `${label}, against none`, unit: 'ms', ours, base },
  ];
}

async function kvRows(bench) {
  const found = await ofOurs(bench, (page) => measureKv(page, bench.passes));
  const ours = (of) => (Array.isArray(found) ? figuresOf(found.map(of)) : found);
  const bare = (of) => (Array.isArray(found) ? { name: 'one bare put', value: median(found.map(of)) } : null);
  return [
    { id: 'kv-set', label: 'key-value set of 100 bytes, durable, 100 000 keys: p50', unit: 'ms', ours: ours(({ set }) => set.p50), base: bare(({ floor }) => floor.p50) },
    { id: 'kv-set-p99', label: 'the same: p99', unit: 'ms', ours: ours(({ set }) => set.p99), base: bare(({ floor }) => floor.p99) },
    { id: 'kv-get', label: 'key-value get of 100 bytes, 100 000 keys: p50', unit: 'ms', ours: ours(({ get }) => get.p50) },
    { id: 'kv-get-p99', label: 'the same: p99', unit: 'ms', ours: ours(({ get }) => get.p99) },
  ];
}

async function guestKvRows(bench) {
  const found = await ofOurs(bench, (page) => measureGuestKv(page, bench.passes));
  const ours = (of) => (Array.isArray(found) ? figuresOf(found.map(of)) : found);
  return [
    { id: 'kv-guest-set', label: 'a program’s key-value set of 100 bytes, durable: p50', unit: 'ms', ours: ours(({ set }) => set.p50 / 1e6) },
    { id: 'kv-guest-set-p99', label: 'the same: p99', unit: 'ms', ours: ours(({ set }) => set.p99 / 1e6) },
    { id: 'kv-guest-get', label: 'a program’s key-value get of 100 bytes: p50', unit: 'ms', ours: ours(({ get }) => get.p50 / 1e6) },
    { id: 'kv-guest-get-p99', label: 'the same: p99', unit: 'ms', ours: ours(({ get }) => get.p99 / 1e6) },
    { id: 'kv-guest-batch', label: 'a program’s key-value sets, 100 in a durable batch', unit: 'sets/s', ours: ours(({ batch }) => batch.rate) },
  ];
}

/** Of the bus's own code, in workers of the page of peers. */
async function busRows(bench) {
  return localRows(await orFailure(measureLocal(bench.peers, bench.passes)));
}

async function busAcrossRows(bench) {
  return acrossRows(await orFailure(measureAcross(bench.peers, bench.passes)));
}

async function busGuestRows(bench) {
  const found = await ofOurs(bench, (page) => measureGuestBus(page, bench.passes));
  return found ? guestRows(found) : [];
}

async function guardedGuestRows(bench) {
  const found = await ofOurs(bench, (page) => measureGuarded(page, bench.passes));
  return found ? guardedRows(found) : [];
}

/** Of the decision path's own code, likewise. */
async function grantRows(bench) {
  return authorityRows(await orFailure(measureAuthority(bench.peers, bench.passes)));
}

/** Rows of the window as its user has it; without ours there are none. */
function ofWindow(rows) {
  return async (bench) => (bench.ours ? rows(bench) : []);
}

async function tracedRows(bench) {
  const found = await ofOurs(bench, (page) => measureTrace(page, bench.passes));
  return found ? traceRows(found) : [];
}

async function sizeRow() {
  const ours = await orFailure(measureSize());
  return [{ id: 'size', label: 'initial scripts and styles, gzip', unit: 'KB', ours }];
}

const wanted = (only, ids) => only === undefined || ids.some((id) => only.includes(id));

/**
 * Measures the rows in order and hands each result to `add`. A row that fails says so in its result.
 * @param {{context: import('playwright').BrowserContext, peersUrl: string, oursUrl?: string, programs: Record<string, string>,
 *   only?: string[], passes: number, minutes: number, progress: (text: string) => void, add: (result: object) => Promise<void>}} options
 */
export async function measureRows(options) {
  const bench = { ...options, peers: await peers.openPeers(options.context, options.peersUrl), ours: undefined };
  await addProbe(options.context);
  if (options.oursUrl) bench.ours = await openOurs(options.context, options.oursUrl, options.programs);
  for (const { ids, run } of MEASURES) {
    if (!wanted(options.only, ids)) continue;
    options.progress(ids.join(', '));
    const results = await run(bench).catch((error) => ids.map((id) => ({ id, label: id, unit: '', ours: failed(error) })));
    for (const result of results) await options.add(result);
  }
}
