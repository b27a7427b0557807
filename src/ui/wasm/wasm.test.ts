import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BinaryReader, OperatorCodeNames, type IOperatorInformation } from 'wasmparser';
import { readCatalogue } from './catalogue.ts';
import { Cursor, WasmFault } from './cursor.ts';
import { FEATURES, isSupported, type FeatureId } from './features.ts';
import { readableName, namespaceOf } from './names.ts';
import { WasmSession, type ModuleSummary } from './session.ts';
import { HEAD, build, code, functions, name, nameSection, section, types, unsigned } from './testing/module-bytes.ts';

const samples = new URL('../../../public/samples/', import.meta.url);
const wasmSamples = ['hello-rust.wasm', 'hello-zig.wasm', 'hello-as.wasm', 'threads.wasm', 'du.wasm'];

function summary(bytes: Uint8Array): ModuleSummary {
  const { opened } = new WasmSession(bytes);
  if (opened.kind !== 'module') throw new Error(opened.kind);
  return opened;
}

/** Two states of the other reader; its type for them is erased when modules are compiled one by one. */
const BODY_BEGINS: number = 28;
const INSTRUCTION: number = 30;

/** All instructions of a module as another reader sees them: function → names. */
function otherReader(bytes: Uint8Array): string[][] {
  const reader = new BinaryReader();
  reader.setData(new Uint8Array(bytes).buffer, 0, bytes.length);
  const found: string[][] = [];
  while (reader.read()) {
    if (reader.state === BODY_BEGINS) found.push([]);
    if (reader.state === INSTRUCTION) found.at(-1)!.push(OperatorCodeNames[(reader.result as IOperatorInformation).code]!);
  }
  return found;
}

describe('the samples', () => {
  it.each(wasmSamples)('%s has the instructions that another reader finds', (file) => {
    const bytes = new Uint8Array(readFileSync(new URL(file, samples)));
    const session = new WasmSession(bytes);
    const module = summary(bytes);
    expect(module.faults.total).toBe(0);
    expect(session.scan()).toMatchObject({ faults: [], refused: null });
    const theirs = otherReader(bytes);
    expect(theirs.length).toBe(module.functions);
    theirs.forEach((names, at) => {
      const index = module.importedFunctions + at;
      const { lines } = session.open(index);
      const ours: string[] = [];
      for (let from = 0; from < lines; from += 1000) ours.push(...session.lines(index, from, from + 1000).map((line) => line.name));
      expect(ours).toEqual(names);
    });
  });
});

/** What the other reader calls by the names of drafts. */
const OLDER = /^i\d+x\d\.load\d+x\d_[su]$|^v\d+x\d+\.load_splat$|^i8x16_popcnt$/;

describe('instructions', () => {
  it('have the names that another reader has, prefixes too', () => {
    const module = (body: number[]): Uint8Array => build(types(), functions(1), section(5, 1, 0, 1), code([...body, 0x0b]));
    const plain = Array.from({ length: 256 }, (_, byte) => [byte]).filter(([byte]) => byte! >= 0x45 && byte! <= 0xc4);
    const zeros = Array.from({ length: 24 }, () => 0);
    const simd = Array.from({ length: 0x114 }, (_, index) => [0xfd, ...unsigned(index), ...zeros]);
    const threads = Array.from({ length: 0x4f }, (_, index) => [0xfe, ...unsigned(index), ...zeros]);
    const differing: string[] = [];
    let compared = 0;
    for (const body of [...plain, ...simd, ...threads]) {
      const bytes = module(body);
      const session = new WasmSession(bytes);
      const { lines, fault } = session.open(0);
      if (fault && lines === 0) continue;
      const ours = session.lines(0, 0, 1)[0]!.name;
      const [theirs] = otherReader(bytes)[0]!;
      if (ours !== theirs && !OLDER.test(theirs!)) differing.push(`${ours} ${theirs}`);
      compared += 1;
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(400);
  });

  it('are shown with names, depth and where a call goes', () => {
    const bytes = build(types(), section(2, 1, ...name('env'), ...name('log'), 0, 0), functions(2), code([0x02, 0x40, 0x10, 0, 0x0b, 0x0b], [0x10, 1, 0x0b]), nameSection([[1, 'inner'], [2, '_ZN4core3fmt5write17h0123456789abcdefE']]));
    const session = new WasmSession(bytes);
    session.open(1);
    expect(session.lines(1, 0, 10).map(({ depth, name: op, text, target }) => [depth, op, text, target])).toEqual([[0, 'block', '', null], [1, 'call', '0 env.log', 0], [0, 'end', '', null], [0, 'end', '', null]]);
    expect(session.text(2)).toMatch(/^;; 2 core::fmt::write \(\) → \(\)\n[0-9a-f]{8} {2}call 1 inner\n/);
    expect(session.open(1)).toMatchObject({ callerCount: 1, callers: [{ index: 2, name: 'core::fmt::write' }], callees: [{ index: 0, imported: true }] });
    expect([...session.functions('WRITE', 'name')]).toEqual([2]);
    expect([...session.functions('1', 'index')]).toEqual([1]);
    expect([...session.functions('', 'size')]).toEqual([1, 2, 0]);
  });
});

describe('names', () => {
  it('of Rust are read as in the source', () => {
    expect(readableName('_ZN59_$LT$core..fmt..Arguments$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE')).toBe('<core::fmt::Arguments as core::fmt::Display>::fmt');
    expect(readableName('_ZN13$constructor$E')).toBe('$constructor$');
    for (const odd of ['_ZN', '_ZN9zz', '_ZN99999999999zE', '_Z3foo', '_ZN4core3', '_ZNE']) expect(typeof readableName(odd)).toBe('string');
  });
  it('tell crates, packages and prefixes', () => {
    expect(['core::fmt::write', '<alloc::vec::Vec as core::Clone>::clone', 'runtime.gcStart', 'internal/abi.(*Type).Kind', 'sqlite3_open', 'PyList_New', 'malloc'].map(namespaceOf))
      .toEqual(['core', 'alloc', 'runtime', 'internal/abi', 'sqlite3', 'Py', 'malloc']);
  });
  it('that are hostile are bounded, counted and never trusted', () => {
    const long = 'x'.repeat(1_000_000);
    const bytes = build(types(), functions(2), code([0x0b], [0x0b]), nameSection([[0, 'first'], [0, 'second'], [1, long], [4_000_000_000, 'far']]));
    const module = summary(bytes);
    expect(module).toMatchObject({ named: 2, faults: { total: 0 } });
    expect(module.nameRemarks).toEqual(['1 functions are named more than once; the first name is shown.', '1 names are for functions that are not there.']);
    const [first, second] = new WasmSession(bytes).rows([0, 1]);
    expect(first!.name).toBe('first');
    expect(second!.name.length).toBeLessThan(600);
    expect(second!.name).toMatch(/… \(1000000 bytes\)$/);
  });
  it('that end too early are said to', () => {
    const whole = nameSection([[0, 'first'], [1, 'second']]);
    const cut = section(0, ...whole.slice(1 + unsigned(whole.length).length, -3));
    expect(summary(build(types(), functions(2), code([0x0b], [0x0b]), cut)).nameRemarks.join()).toMatch(/damaged/);
  });
});

describe('what is wrong', () => {
  it('in one section leaves the others', () => {
    const module = summary(build(types(), section(7, 3, 1, 0x41), functions(1), code([0x0b])));
    expect(module.faults.items).toMatchObject([{ section: 'export', message: /room for fewer/ }, { section: 'function', message: /out of order/ }].map(({ section: where, message }) => ({ section: where, message: expect.stringMatching(message) })));
    expect(module.sections.items.map(({ name: title }) => title)).toEqual(['type', 'export', 'function', 'code']);
  });
  it('at the end of the file is told with its place', () => {
    const bytes = build(types(), section(2, 1, ...name('env'), ...name('log'), 0, 0));
    expect(summary(bytes.subarray(0, bytes.length - 2)).truncated).toMatchObject({ offset: 14, message: expect.stringMatching(/import section should have \d+ bytes/) });
  });
  it.each([[[0x80, 0x80, 0x80, 0x80, 0x10]], [[0x80, 0x80, 0x80, 0x80, 0x80, 0]], [[0x80]]])('numbers such as %j are refused', (bytes) => {
    expect(() => new Cursor(Uint8Array.from(bytes)).u32()).toThrow(WasmFault);
  });
  it('in a body is said with its byte, and what is before is shown', () => {
    const session = new WasmSession(build(types(), functions(1), code([0x01, 0x01, 0xff, 0x0b])));
    expect(session.open(0)).toMatchObject({ lines: 2, fault: { message: expect.stringMatching(/ff is unknown/) } });
    expect(session.scan()).toMatchObject({ faults: [{ index: 0 }], refused: expect.any(String) });
  });
});

describe('features', () => {
  it.each(Object.keys(FEATURES) as FeatureId[])('%s has a probe that a browser can answer', (feature) => {
    expect(typeof isSupported(feature)).toBe('boolean');
  });
  it('that are old are supported here', () => {
    for (const feature of ['sign-ext', 'sat-float', 'bulk-memory', 'multi-value', 'reference-types', 'simd', 'threads'] satisfies FeatureId[]) expect([feature, isSupported(feature)]).toEqual([feature, true]);
  });
  it('that are needed are found in code and limits', () => {
    const bytes = build(types(), functions(1), section(5, 1, 3, 1, 2), code([0x41, 0, 0xfd, 0x0f, 0x1a, 0x12, 0, 0x0b]));
    expect(new WasmSession(bytes).scan().features.map(({ id }) => id).toSorted()).toEqual(['simd', 'tail-call', 'threads']);
  });
});

describe('components', () => {
  it('show their imports, exports and core modules', () => {
    const core = build(types(), section(2, 1, ...name('wasi:io/streams@0.2.0'), ...name('write'), 0, 0), functions(1), code([0x0b]));
    const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, ...section(10, 1, 0, ...name('wasi:io/streams@0.2.0'), 5, 0), ...section(1, ...core), ...section(11, 1, 0, ...name('run'), 1, 0, 0)]);
    const { opened } = new WasmSession(bytes);
    expect(opened).toMatchObject({ kind: 'component', component: { fault: null, imports: { items: [{ name: 'wasi:io/streams@0.2.0', kind: 'instance' }] }, exports: { items: [{ name: 'run', kind: 'function' }] }, modules: [{ functions: 1, imports: [{ name: 'write' }] }] } });
  });
});

describe('sizes', () => {
  it('add up to what the sections have', () => {
    const bytes = new Uint8Array(readFileSync(new URL('hello-rust.wasm', samples)));
    const root = new WasmSession(bytes).sizes();
    const module = readCatalogue(bytes);
    expect(root.parts!.reduce((sum, { size }) => sum + size, 0)).toBe(module.sections.items.reduce((sum, { size }) => sum + size, 0));
    expect(root.size).toBe(bytes.length);
    expect(HEAD.length).toBe(8);
  });
});

describe('hostile sections', () => {
  it.each(['__proto__', 'constructor', '__defineGetter__', 'toString'])('a custom section may be called %s', (called) => {
    const module = summary(build(types(), section(0, ...name(called), 1, 2, 3)));
    expect([module.sections.items.map((each) => each.name), module.faults.total]).toEqual([['type', called], 0]);
  });
});
