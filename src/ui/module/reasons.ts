/** One thing that was looked at to see whether a program runs here. */
export interface Reason {
  state: 'good' | 'remark' | 'bad';
  title: string;
  detail: string;
}

interface Facts {
  memories: { min: bigint; max: bigint | null; shared: boolean; is64: boolean; pageSize: number; imported: boolean }[];
  start: number | null;
  exports: { name: string; kind: string }[];
  stubbed: string[];
  imports: number;
  missing: string[];
  truncated: string | null;
  faults: string[];
  /** Null until the instructions have been looked at. */
  features: { title: string; supported: boolean }[] | null;
  refused: string | null;
}

const GIB = 1024 ** 3;

/** Why a core module runs here, or does not: each thing that was looked at, the worst first. */
export function reasonsOf(facts: Facts): Reason[] {
  const reasons = [wholeness(facts), entry(facts), imported(facts), ...memory(facts), ...features(facts), browser(facts)].filter((each) => each !== null);
  const rank = { bad: 0, remark: 1, good: 2 };
  return reasons.toSorted((a, b) => rank[a.state] - rank[b.state]);
}

function wholeness({ truncated, faults }: Facts): Reason {
  if (truncated !== null) return { state: 'bad', title: 'The file ends too early', detail: `${truncated.slice(0, 1).toUpperCase()}${truncated.slice(1)}.` };
  if (faults.length > 0) return { state: 'bad', title: 'The file is damaged', detail: faults.slice(0, 3).join('; ') };
  return { state: 'good', title: 'The file is whole', detail: 'All sections are in order and end where they say.' };
}

function entry({ exports, start }: Facts): Reason {
  const has = (name: string): boolean => exports.some((each) => each.name === name && each.kind === 'function');
  if (has('_start')) return { state: 'good', title: 'It has a main program', detail: `It exports _start${start === null ? '' : ', and runs a start function before that'}.` };
  if (has('_initialize')) return { state: 'bad', title: 'It is a library', detail: 'It exports _initialize and no _start: a reactor, to be called by another program.' };
  return { state: 'bad', title: 'It has no main program', detail: 'It exports no _start. Build it as a WASI command.' };
}

function imported({ imports, missing, stubbed }: Facts): Reason {
  if (missing.length > 0) return { state: 'bad', title: 'It needs what nothing here provides', detail: some(missing) };
  if (stubbed.length > 0) return { state: 'remark', title: 'Some imports are unknown', detail: `Calls of them answer ENOSYS: ${some(stubbed)}` };
  return { state: 'good', title: imports === 0 ? 'It imports nothing' : 'All imports are provided', detail: imports === 0 ? 'It can reach nothing outside of its own memory.' : `${imports} of ${imports}` };
}

const some = (names: string[]): string => (names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', '));

function memory({ memories, exports, imports }: Facts): Reason[] {
  const [first] = memories;
  if (!first) return imports === 0 ? [] : [{ state: 'bad', title: 'It has no memory', detail: 'No call could reach its data.' }];
  if (memories.some(({ is64 }) => is64)) return [{ state: 'bad', title: 'Its memory is 64-bit', detail: 'WASI preview 1 knows 32-bit memories only. Build it for wasm32.' }];
  if (!first.imported && imports > 0 && !exports.some((each) => each.kind === 'memory' && each.name === 'memory')) return [{ state: 'bad', title: 'Its memory is hidden', detail: 'Export it as “memory”, so that calls can reach its data.' }];
  const bytes = Number(first.min) * first.pageSize;
  if (bytes > 4 * GIB) return [{ state: 'bad', title: 'It asks for too much memory', detail: 'More than 4 GB at the start.' }];
  if (bytes > GIB) return [{ state: 'remark', title: 'It asks for much memory', detail: `${(bytes / GIB).toFixed(1)} GB at the start: that may fail on this machine.` }];
  return [{ state: 'good', title: 'Its memory fits', detail: `${first.shared ? 'Shared, ' : ''}${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB at the start.` }];
}

function features({ features: needed }: Facts): Reason[] {
  if (needed === null) return [];
  const lacking = needed.filter(({ supported }) => !supported).map(({ title }) => title);
  if (lacking.length > 0) return [{ state: 'bad', title: 'This browser lacks what it needs', detail: some(lacking) }];
  return [{ state: 'good', title: 'This browser has all that it needs', detail: needed.length === 0 ? 'It uses the first version of WebAssembly only.' : some(needed.map(({ title }) => title)) }];
}

function browser({ refused, truncated, faults }: Facts): Reason | null {
  if (refused === null || truncated !== null || faults.length > 0) return null;
  return { state: 'bad', title: 'This browser refuses it', detail: refused };
}
