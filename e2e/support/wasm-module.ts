/** Writes tiny wasm modules byte by byte (WebAssembly core specification 2.0, section 5): programs that no compiler would make. */
export interface Import {
  module?: string;
  name: string;
  /** One letter a parameter: `i` = i32, `I` = i64. Default none. */
  params?: string;
  /** Default `i`. */
  result?: 'i' | '';
}

export interface Tiny {
  imports?: Import[];
  /** Instructions of `_start`, without its end. */
  start?: number[];
  /** Pages of the memory, `[least]` or `[least, most]`; null: none. Default `[1]`. */
  memory?: number[] | null;
  /** Name under which the memory is exported; null: not at all. Default `memory`. */
  memoryName?: string | null;
  /** Bytes put into the memory at the start, by their address. */
  data?: Record<number, string | Uint8Array>;
  /** Name under which the function is exported. Default `_start`. */
  startName?: string;
}

const TYPES = { i: 0x7f, I: 0x7e } as const;

function unsigned(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 0x80);
  }
}

function signed(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...out, rest & 0x7f];
    out.push((rest & 0x7f) | 0x80);
  }
}

const vector = (items: number[][]): number[] => [...unsigned(items.length), ...items.flat()];
const bytesOf = (data: string | Uint8Array): number[] => [...(typeof data === 'string' ? new TextEncoder().encode(data) : data)];
const text = (value: string): number[] => [...unsigned(bytesOf(value).length), ...bytesOf(value)];
const section = (id: number, content: number[]): number[] => [id, ...unsigned(content.length), ...content];
const valueTypes = (letters: string): number[] => vector([...letters].map((letter) => [TYPES[letter as keyof typeof TYPES]]));

/** Instructions. `call` takes the number of an import. Numbers above 2^31 are given as such: `i32(0xfffffff0)`. */
export const op = {
  i32: (value: number): number[] => [0x41, ...signed(value | 0)],
  i64: (value: number): number[] => [0x42, ...signed(value)],
  call: (index: number): number[] => [0x10, ...unsigned(index)],
  drop: [0x1a],
  unreachable: [0x00],
  /** Runs for ever. */
  forever: (body: number[] = []): number[] => [0x03, 0x40, ...body, 0x0c, 0x00, 0x0b],
  /** Again until what `body` leaves on the stack is zero. */
  whileTrue: (body: number[]): number[] => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b],
  isZero: [0x45],
  notEqual: [0x47],
  /** Takes a count of pages; leaves the former size or -1. */
  grow: [0x40, 0x00],
  /** Takes an address; leaves the 32 bits there. */
  load: [0x28, 0x02, 0x00],
  /** Takes an address and a value. */
  store: [0x36, 0x02, 0x00],
} as const;

/** Preview 1's own signatures of the calls that the tests make. */
export const wasi = {
  exit: { name: 'proc_exit', params: 'i', result: '' },
  write: { name: 'fd_write', params: 'iiii' },
  read: { name: 'fd_read', params: 'iiii' },
  open: { name: 'path_open', params: 'iiiiiIIii' },
  random: { name: 'random_get', params: 'ii' },
  args: { name: 'args_get', params: 'ii' },
  stat: { name: 'path_filestat_get', params: 'iiiii' },
  readdir: { name: 'fd_readdir', params: 'iiiIi' },
  clock: { name: 'clock_time_get', params: 'iIi' },
  poll: { name: 'poll_oneoff', params: 'iiii' },
  prestat: { name: 'fd_prestat_get', params: 'ii' },
} as const satisfies Record<string, Import>;

/** The address and length of one buffer, as `fd_write` wants it. */
export function vectorOf(address: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, address, true);
  view.setUint32(4, length, true);
  return bytes;
}

export function tinyModule({ imports = [], start = [], memory = [1], memoryName = 'memory', data = {}, startName = '_start' }: Tiny): Uint8Array<ArrayBuffer> {
  const limits = memory && [memory.length - 1, ...memory.flatMap(unsigned)];
  const exported = [[...text(startName), 0, ...unsigned(imports.length)], ...(limits && memoryName !== null ? [[...text(memoryName), 2, 0]] : [])];
  const segments = Object.entries(data).map(([address, bytes]) => [0, ...op.i32(Number(address)), 0x0b, ...unsigned(bytesOf(bytes).length), ...bytesOf(bytes)]);
  const body = [0, ...start, 0x0b];
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, vector([[0x60, 0, 0], ...imports.map(({ params = '', result = 'i' }) => [0x60, ...valueTypes(params), ...valueTypes(result)])])),
    ...section(2, vector(imports.map(({ module = 'wasi_snapshot_preview1', name }, index) => [...text(module), ...text(name), 0, ...unsigned(index + 1)]))),
    ...section(3, vector([[0]])),
    ...(limits ? section(5, vector([limits])) : []),
    ...section(7, vector(exported)),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
    ...section(11, vector(segments)),
  ]);
}
