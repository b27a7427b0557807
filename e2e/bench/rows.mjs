// What is measured. Targets and tolerances are in tolerances.json, by the same ids.

/**
 * Rows that a guest program measures, under every peer and under ours.
 * `guest` is what follows `bench` on the command line; `unit` tells how a pass is expressed: nanoseconds an operation,
 * or GB/s of the bytes moved. `floor` names what the machine itself can do.
 */
export const GUEST_ROWS = [
  { id: 'read4k', label: '`fd_read` 4 KiB sequential', unit: 'GB/s', guest: ['read4k', '16', '100000'], floor: { size: 4096, count: 100_000 } },
  { id: 'read64k', label: '`fd_read` 64 KiB', unit: 'GB/s', guest: ['read64k', '16', '20000'], floor: { size: 65_536, count: 20_000 } },
  { id: 'pread4k', label: '`fd_pread` 4 KiB random', unit: 'ns', guest: ['pread4k', '16', '100000'] },
  { id: 'write4k', label: '`fd_write` 4 KiB, growing to 64 MiB', unit: 'GB/s', guest: ['write4k', '64'] },
  { id: 'append100', label: 'append of 100 bytes', unit: 'ns', guest: ['append100', '50000'] },
  { id: 'openclose', label: '`path_open` + `fd_close`', unit: 'ns', guest: ['openclose', '50000'] },
  { id: 'stat', label: '`path_filestat_get`', unit: 'ns', guest: ['stat', '100000'] },
  { id: 'create', label: 'create + write + unlink', unit: 'ns', guest: ['create', '20000'] },
  { id: 'readdir', label: '`fd_readdir` of 10 000 entries, an entry', unit: 'ns', guest: ['readdir', '10000'] },
  { id: 'args', label: 'four argument and environment calls', unit: 'ns', guest: ['args', '20000'] },
  { id: 'lines', label: '`fd_write` of 80-byte lines to a pipe', unit: 'ns', guest: ['lines', '50000'] },
];

/** Two processes at once; `b` is the second one's directory, where it differs. */
export const TWO_ROWS = [
  { id: 'two-stat', label: 'two processes: stat of the same paths', program: 'stat2', a: 'two', b: 'two' },
  { id: 'two-open', label: 'two processes: open + close of the same paths', program: 'open2', a: 'two', b: 'two' },
  { id: 'two-create', label: 'two processes: create + unlink in different directories', program: 'create2', a: 'two-a', b: 'two-b' },
];

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const jsonLines = (text) =>
  text.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line)] : [];
    } catch {
      return [];
    }
  });

/**
 * Reads what the guest printed about its passes.
 * @returns {{cold: number, steady: number, passes: number[]} | {error: string}} in the row's unit
 */
export function readPasses(row, outcome) {
  const lines = jsonLines(outcome.stderr);
  const passes = lines.filter((line) => line.ns !== undefined && line.pass !== undefined);
  const failure = lines.find((line) => line.error)?.error ?? outcome.error;
  if (passes.length === 0) return { error: failure ?? `ended with ${outcome.code} and no result` };
  const figure = (line, ns) => (row.unit === 'GB/s' ? line.bytes / line.n / ns : ns);
  const values = passes.map((line) => figure(line, line.ns));
  return { cold: figure(passes[0], passes[0].cold_ns), steady: median(values), passes: values, ...(failure && { remark: failure }) };
}

/** The guest's slices of a timed run: operations in each tenth of a second from `start_ms` on. */
export function readSlices(outcome) {
  const line = jsonLines(outcome.stderr).find((entry) => entry.slices);
  if (!line) throw new Error(jsonLines(outcome.stderr).find((entry) => entry.error)?.error ?? outcome.error ?? 'no result');
  return { start: line.start_ms, step: line.slice_ms, counts: line.slices };
}

/** Operations a second of `run` over the whole slices inside [from, to] (milliseconds of the wall clock). */
export function rateWithin({ start, step, counts }, from, to) {
  const first = Math.max(0, Math.ceil((from - start) / step));
  const last = Math.min(counts.length, Math.floor((to - start) / step));
  const total = counts.slice(first, last).reduce((sum, count) => sum + count, 0);
  return (total * 1000) / ((last - first) * step);
}

const better = (unit) => (unit === 'GB/s' ? Math.max : Math.min);

/** @returns {{name: string, value: number} | null} the best steady figure among the peers */
export function bestPeer(row, peers) {
  const entries = Object.entries(peers).filter(([, figures]) => figures.steady !== undefined);
  if (entries.length === 0) return null;
  const value = better(row.unit)(...entries.map(([, figures]) => figures.steady));
  return { name: entries.find(([, figures]) => figures.steady === value)[0], value };
}
