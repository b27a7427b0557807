/** A small writer of wasm modules for tests (WebAssembly core specification 2.0, section 5). */
export interface ModuleParts {
  /** Functions of type () → () or, with `params`, taking so many i32, or values of these types; `results` likewise. A `global` is a constant of that type. */
  imports?: (
    | { module: string; name: string; params?: number | number[]; results?: number | number[] }
    | { module: string; name: string; memory: number[] } | { module: string; name: string; global: number })[];
  /** Limits, e.g. [0, 1] for at least one page. */
  memory?: number[];
  /** Bodies of () → () functions, without locals and end; indices follow the imported functions. */
  functions?: number[][];
  exports?: { name: string; kind: 'function' | 'memory'; index: number }[];
  start?: number;
  /** Names of functions by index, for stack traces. */
  names?: Record<number, string>;
}

export const Op = { UNREACHABLE: 0x00, CALL: 0x10, DROP: 0x1a, I32: 0x41 } as const;

const encoder = new TextEncoder();
const KIND = { function: 0, memory: 2 } as const;

function leb(value: number): number[] {
  const out: number[] = [];
  do {
    const more = value > 0x7f;
    out.push((value & 0x7f) | (more ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return out;
}

const vector = (items: number[][]): number[] => [...leb(items.length), ...items.flat()];
const text = (value: string): number[] => {
  const bytes = encoder.encode(value);
  return [...leb(bytes.length), ...bytes];
};
const section = (id: number, content: number[]): number[] => [id, ...leb(content.length), ...content];
const valueTypes = (types: number | number[]): number[] =>
  vector(typeof types === 'number' ? Array(types).fill([0x7f]) as number[][] : types.map((each) => [each]));
const type = (params: number | number[], results: number | number[]): number[] => [0x60, ...valueTypes(params), ...valueTypes(results)];

/** i32.const, for values up to 2^27. */
export const i32 = (value: number): number[] => {
  const out: number[] = [Op.I32];
  while (value > 0x3f) {
    out.push((value & 0x7f) | 0x80);
    value >>>= 7;
  }
  return [...out, value];
};

export function wasmBytes(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const imports = parts.imports ?? [];
  const functions = parts.functions ?? [];
  const types = [type(0, 0), ...imports.map((each) => ('memory' in each || 'global' in each ? type(0, 0) : type(each.params ?? 0, each.results ?? 0)))];
  const sections = [
    section(1, vector(types)),
    section(2, vector(imports.map((each, index) => [
      ...text(each.module), ...text(each.name), ...('memory' in each ? [2, ...each.memory] : 'global' in each ? [3, each.global, 0] : [0, ...leb(index + 1)]),
    ]))),
    section(3, vector(functions.map(() => [0]))),
    ...(parts.memory ? [section(5, vector([parts.memory]))] : []),
    section(7, vector((parts.exports ?? []).map(({ name, kind, index }) => [...text(name), KIND[kind], ...leb(index)]))),
    ...(parts.start === undefined ? [] : [section(8, leb(parts.start))]),
    section(10, vector(functions.map((body) => [...leb(body.length + 2), 0, ...body, 0x0b]))),
  ];
  if (parts.names) {
    const map = vector(Object.entries(parts.names).map(([index, name]) => [...leb(Number(index)), ...text(name)]));
    sections.push(section(0, [...text('name'), 1, ...leb(map.length), ...map]));
  }
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
}
