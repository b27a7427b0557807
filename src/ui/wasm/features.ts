import type { Catalogue } from './catalogue.ts';

export type FeatureId = 'sign-ext' | 'sat-float' | 'bulk-memory' | 'multi-value' | 'reference-types' | 'simd' | 'relaxed-simd' | 'threads' | 'tail-call'
  | 'legacy-exceptions' | 'exceptions' | 'gc' | 'function-references' | 'memory64' | 'multi-memory' | 'wide-arithmetic' | 'custom-page-sizes';

/** Title of each extension of the first version of WebAssembly. */
export const FEATURES: Readonly<Record<FeatureId, string>> = {
  'sign-ext': 'Sign extension', 'sat-float': 'Saturating conversions', 'bulk-memory': 'Bulk memory', 'multi-value': 'Several results', 'reference-types': 'References',
  simd: 'SIMD', 'relaxed-simd': 'Relaxed SIMD', threads: 'Threads and atomics', 'tail-call': 'Tail calls', 'legacy-exceptions': 'Exceptions (old form)', exceptions: 'Exceptions',
  gc: 'Garbage collection', 'function-references': 'Typed function references', memory64: '64-bit memory', 'multi-memory': 'Several memories',
  'wide-arithmetic': '128-bit arithmetic', 'custom-page-sizes': 'Own page size',
};

const PATTERNS: [RegExp, FeatureId][] = [
  [/^i(32|64)\.extend\d+_s$/, 'sign-ext'], [/^i(32|64)\.trunc_sat_/, 'sat-float'], [/^(memory\.(init|copy|fill)|data\.drop|table\.(init|copy)|elem\.drop)$/, 'bulk-memory'],
  [/^(table\.(get|set|grow|size|fill)|ref\.(null|is_null|func))$/, 'reference-types'], [/relaxed_/, 'relaxed-simd'], [/^(v128|i8x16|i16x8|i32x4|i64x2|f32x4|f64x2)\./, 'simd'],
  [/atomic/, 'threads'], [/^return_call/, 'tail-call'], [/^(try|catch|catch_all|delegate|rethrow)$/, 'legacy-exceptions'], [/^(try_table|throw_ref)$/, 'exceptions'],
  [/^(struct|array|i31|any|extern)\.|^ref\.(test|cast|i31|eq)|^br_on_cast/, 'gc'], [/^(call_ref|return_call_ref|br_on_null|br_on_non_null|ref\.as_non_null)$/, 'function-references'],
  [/128$|mul_wide/, 'wide-arithmetic'],
];

/** The extensions that an instruction belongs to. */
export const bitOf = (name: string): FeatureId[] => PATTERNS.filter(([pattern]) => pattern.test(name)).map(([, feature]) => feature);

/** The extensions that what stands outside of the code needs. */
export function featuresOf({ memories, tables, types }: Catalogue, typeText: (index: number) => string): FeatureId[] {
  const found: FeatureId[] = [];
  if (memories.items.some(({ shared }) => shared)) found.push('threads');
  if (memories.items.some(({ is64 }) => is64) || tables.items.some(({ is64 }) => is64)) found.push('memory64');
  if (memories.total > 1) found.push('multi-memory');
  if (memories.items.some(({ pageSize }) => pageSize !== 65536)) found.push('custom-page-sizes');
  for (let index = 0; index < Math.min(types.length, 10_000); index++) {
    const text = typeText(index);
    if (/→ \([^)]*,/.test(text)) found.push('multi-value');
    if (/^(struct|array)/.test(text)) found.push('gc');
  }
  return [...new Set(found)];
}

const EMPTY_TYPE = [0x60, 0, 0];
const section = (id: number, ...body: number[]): number[] => [id, body.length, ...body];
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A module of one function without parameters: other types after the first, sections before the code, and its instructions. */
const withCode = (code: number[], { types = [], before = [] }: { types?: number[][]; before?: number[] } = {}): number[] =>
  [...HEAD, ...section(1, 1 + types.length, ...EMPTY_TYPE, ...types.flat()), ...section(3, 1, 0), ...before, ...section(10, 1, code.length + 2, 0, ...code, 0x0b)];
const ONE_MEMORY = section(5, 1, 0, 1);

/** The smallest module that needs each extension, and nothing newer. */
export const PROBES: Readonly<Record<FeatureId, number[]>> = {
  'sign-ext': withCode([0x41, 0, 0xc0, 0x1a]),
  'sat-float': withCode([0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a]),
  'bulk-memory': withCode([0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0], { before: ONE_MEMORY }),
  'multi-value': [...HEAD, ...section(1, 1, 0x60, 0, 2, 0x7f, 0x7f)],
  'reference-types': withCode([0xd0, 0x70, 0x1a]),
  simd: withCode([0x41, 0, 0xfd, 0x0f, 0x1a]),
  'relaxed-simd': withCode([0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x80, 0x02, 0x1a]),
  threads: withCode([0x41, 0, 0xfe, 0x10, 2, 0, 0x1a], { before: section(5, 1, 3, 1, 1) }),
  'tail-call': withCode([0x12, 0]),
  'legacy-exceptions': withCode([0x06, 0x40, 0x19, 0x0b]),
  exceptions: withCode([0x1f, 0x40, 0, 0x0b]),
  gc: [...HEAD, ...section(1, 1, 0x5f, 0)],
  'function-references': withCode([0xd0, 0, 0x14, 0]),
  memory64: [...HEAD, ...section(5, 1, 4, 1)],
  'multi-memory': [...HEAD, ...section(5, 2, 0, 1, 0, 1)],
  'wide-arithmetic': withCode([0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 0x13, 0x1a, 0x1a]),
  'custom-page-sizes': [...HEAD, ...section(5, 1, 8, 1, 0)],
};

/** Whether the browser that this runs in has an extension. */
export const isSupported = (feature: FeatureId): boolean => WebAssembly.validate(Uint8Array.from(PROBES[feature]));
