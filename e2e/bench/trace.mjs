import { within } from './browser.mjs';
import { readPasses } from './rows.mjs';

const LIMIT = 60_000;
const WORK = '/home/bench';
/** A process runs its loop so often, the first time cold. */
const LOOPS = 4;

/** `calls`: system calls in what the guest program counts as one operation. */
export const TRACED = [
  { id: 'trace-args', label: 'noting a call: arguments and environment', guest: ['args', '100000'], calls: 4 },
  { id: 'trace-stat', label: 'noting a call: `path_filestat_get`', guest: ['stat', '200000'], calls: 1 },
  { id: 'trace-open', label: 'noting a call: `path_open`, `fd_close`', guest: ['openclose', '100000'], calls: 2 },
  { id: 'trace-append', label: 'noting a call: `fd_write` of 100 bytes', guest: ['append100', '100000'], calls: 1 },
  { id: 'trace-pread', label: 'noting a call: `fd_pread` of 4 KiB', guest: ['pread4k', '16', '100000'], calls: 1 },
  { id: 'trace-lines', label: 'noting a call: `fd_write` of 80-byte lines to a pipe', guest: ['lines', '100000'], calls: 1 },
];

const row = { unit: 'ns' };

/** In the page. */
async function run([args, on, path]) {
  await globalThis.palimpsest.trace.noting(on);
  try {
    return await globalThis.bench.run('bench', args, { '/': path });
  } finally {
    await globalThis.palimpsest.trace.noting(true);
  }
}

/** Nanoseconds an operation, without and with it, turn by turn. */
export async function measureTrace(page, passes) {
  const found = {};
  for (const { id, guest } of TRACED) {
    const [off, on] = [[], []];
    for (let pass = 0; pass < passes; pass++) {
      for (const noted of pass % 2 === 0 ? [false, true] : [true, false]) {
        const figures = readPasses(row, await within(LIMIT, id, page.evaluate(run, [[...guest, `--passes=${LOOPS}`], noted, WORK])));
        if (figures.error) throw new Error(`${id}: ${figures.error}`);
        (noted ? on : off).push(figures.steady);
      }
    }
    found[id] = { off, on };
  }
  return found;
}

export function traceRows(found) {
  return TRACED.map(({ id, label, calls }) => {
    if (found.error) return { id, label, unit: 'ns', ours: found, base: null };
    const { off, on } = found[id];
    const least = Math.min(...off);
    const more = on.map((value) => (value - least) / calls);
    return { id, label, unit: 'ns', ours: { cold: more[0], steady: Math.min(...more), passes: more }, base: { name: 'the call without it', value: least / calls } };
  });
}
