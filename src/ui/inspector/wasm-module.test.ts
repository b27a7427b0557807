import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { abilities, judge, producerText, unknownImports } from './verdict.ts';
import { formatOf, parseModule, type ModuleInfo } from './wasm-module.ts';

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [bytes.length, ...bytes];
};
const section = (id: number, ...body: number[]): number[] => [id, body.length, ...body];
const build = (...parts: number[][]): Uint8Array => Uint8Array.from([HEAD, ...parts].flat());
const imports = (...pairs: [string, string][]): number[] =>
  section(2, pairs.length, ...pairs.flatMap(([module, name]) => [...text(module), ...text(name), 0, 0]));
const exports_ = (...items: [string, number][]): number[] => section(7, items.length, ...items.flatMap(([name, kind]) => [...text(name), kind, 0]));
const WASI = 'wasi_snapshot_preview1';

function info(bytes: Uint8Array): ModuleInfo {
  const parsed = parseModule(bytes);
  if (parsed.format !== 'module') throw new Error(JSON.stringify(parsed));
  return parsed.info;
}

const command = build(imports([WASI, 'fd_write'], [WASI, 'path_open'], [WASI, 'random_get']), section(5, 1, 1, 2, 16), exports_(['memory', 2], ['_start', 0]));

describe('parseModule', () => {
  it('reads imports, exports and memory limits', () => {
    const parsed = info(command);
    expect(parsed.imports.map(({ name }) => name)).toEqual(['fd_write', 'path_open', 'random_get']);
    expect(parsed.exports).toEqual([{ name: 'memory', kind: 'memory' }, { name: '_start', kind: 'function' }]);
    expect(parsed.memories).toEqual([{ min: 2n, max: 16n, shared: false, memory64: false, imported: false }]);
  });

  it('tells formats apart by the preamble', () => {
    expect(formatOf(new Uint8Array())).toBe('empty');
    expect(formatOf(Uint8Array.of(0x7f, 0x45))).toBe('not-wasm');
    expect(formatOf(Uint8Array.of(0, 0x61, 0x73))).toBe('truncated');
    expect(formatOf(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0))).toBe('component');
    expect(parseModule(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)).format).toBe('malformed');
  });

  it('reads producers, and passes over damaged ones', () => {
    const producers = (...body: number[]): number[] => section(0, ...text('producers'), ...body);
    const good = info(build(producers(1, ...text('language'), 1, ...text('Rust'), ...text('1.96.0 (abc)'))));
    expect(producerText(good)).toBe('Rust 1.96.0');
    expect(producerText(info(build(producers(200, 1))))).toBeNull();
  });

  it('reads imports of every kind', () => {
    const body = [...text('m'), ...text('t'), 1, 0x70, 1, 1, 2, ...text('m'), ...text('m'), 2, 3, 1, 2, ...text('m'), ...text('g'), 3, 0x63, 0xff, 0x00, 1, ...text('m'), ...text('e'), 4, 0, 0];
    const parsed = info(build(section(2, 4, ...body)));
    expect(parsed.imports.map(({ kind }) => kind)).toEqual(['table', 'memory', 'global', 'tag']);
    expect(parsed.memories[0]).toMatchObject({ shared: true, imported: true });
  });

  it('says where a truncated module ends', () => {
    const cut = parseModule(command.subarray(0, command.length - 3));
    expect(cut).toMatchObject({ format: 'truncated' });
    expect(parseModule(build([2])).format).toBe('truncated');
  });

  it('refuses counts that cannot be true without looping over them', () => {
    const started = performance.now();
    expect(parseModule(build(section(2, 0xff, 0xff, 0xff, 0xff, 0x0f))).format).toBe('malformed');
    expect(parseModule(build(section(7, 0xff, 0xff, 0xff, 0xff, 0x0f))).format).toBe('malformed');
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.each([
    ['LEB128 without an end', section(2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80)],
    ['LEB128 over 32 bits', section(2, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a name that is not UTF-8', section(7, 1, 2, 0xc3, 0x28, 0, 0)],
    ['a name longer than its section', section(7, 1, 90, 0x61, 0, 0)],
    ['an unknown section', [99, 0]],
    ['an unknown kind', section(7, 1, 1, 0x61, 9, 0)],
    ['odd limits', section(5, 1, 0x40, 1)],
  ])('finds %s', (_what, part) => {
    expect(parseModule(build(part, section(1, 0))).format).toBe('malformed');
  });

  it('never throws on a damaged module', () => {
    for (let at = 0; at < command.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const damaged = command.slice();
        damaged[at] = value;
        expect(() => judge(parseModule(damaged))).not.toThrow();
      }
      expect(() => parseModule(command.subarray(0, at))).not.toThrow();
    }
  });
});

const samples = new URL('../../../public/samples/', import.meta.url);

describe('judge', () => {
  const title = (bytes: Uint8Array): string => judge(parseModule(bytes)).title;
  it('accepts a command', () => expect(judge(parseModule(command))).toEqual({ title: 'WASI preview 1 command', runnable: true, advice: null }));
  it('accepts a command of the draft before preview 1, and says so', () => {
    const draft = parseModule(build(imports(['wasi_unstable', 'fd_write']), exports_(['memory', 2], ['_start', 0])));
    expect(judge(draft)).toMatchObject({ title: 'WASI command of the draft before preview 1', runnable: true });
  });
  it('names every kind that cannot run', () => {
    expect(title(build(imports([WASI, 'fd_write']), exports_(['memory', 2], ['_initialize', 0])))).toBe('WASI reactor');
    expect(title(build(imports(['wasi_unstable', 'fd_write']), exports_(['_start', 0])))).toBe('Command without a memory');
    expect(title(build(imports([WASI, 'fd_write']), exports_(['_start', 0])))).toBe('Command without a memory');
    expect(title(build(exports_(['add', 0])))).toBe('Library without a main program');
    expect(title(new Uint8Array())).toBe('Empty file');
    expect(title(new TextEncoder().encode('<html>'))).toBe('Not WebAssembly');
  });
  it('says of a command with threads whether it can have them', () => {
    const spawn = imports([WASI, 'fd_write'], ['wasi', 'thread-spawn']);
    expect(judge(parseModule(readFileSync(new URL('threads.wasm', samples))))).toEqual({ title: 'WASI preview 1 command with threads', runnable: true, advice: null });
    expect(title(build(spawn, exports_(['memory', 2], ['_start', 0])))).toBe('Command with half of threads');
    expect(title(build(spawn, exports_(['memory', 2], ['_start', 0], ['wasi_thread_start', 0])))).toBe('Command whose threads share no memory');
    expect(judge(parseModule(build(imports(['wasi', 'thread-exit']), exports_(['memory', 2], ['_start', 0]))))).toMatchObject({ runnable: true, stubbed: ['wasi.thread-exit'] });
  });
  it('runs what imports functions that are not there, and says what they answer', () => {
    const judged = judge(parseModule(build(imports(['env', 'abort'], [WASI, 'fd_fly'], ['astrid', 'astrid_publish'], ['astrid', 'astrid_teleport']), exports_(['memory', 2], ['_start', 0]))));
    expect(judged).toMatchObject({ title: 'WASI preview 1 command', runnable: true, stubbed: ['env.abort', `${WASI}.fd_fly`, 'astrid.astrid_teleport'] });
    expect(judged.advice).toMatch(/unknown imports: calls of env\.abort, .* answer ENOSYS.*Emscripten/);
    expect(judge(parseModule(build(imports(['astrid', 'astrid_teleport']), exports_(['memory', 2], ['_start', 0])))).advice).toMatch(/another version of the host ABI/);
  });
  it('puts imports of the host ABI into words', () => {
    const asked = (...names: string[]) => abilities(info(build(imports(...names.map((name): [string, string] => ['astrid', name]))))).filter((ability) => ability.asked).map(({ id }) => id);
    expect(asked('astrid_publish', 'astrid_kv_get')).toEqual(['messages', 'pairs']);
    expect(asked('astrid_vfs_open', 'astrid_http_request', 'astrid_spawn', 'astrid_cap_request')).toEqual(['files', 'http', 'programs', 'more']);
  });
  it('puts imports into words', () => {
    const asked = abilities(info(command)).filter((ability) => ability.asked).map(({ id }) => id);
    expect(asked).toEqual(['files', 'stdio', 'random']);
    expect(unknownImports(info(build(imports(['env', 'x']))))).toEqual(['env.x']);
  });
});

describe('the samples', () => {
  it.each(readdirSync(samples).filter((name) => name.endsWith('.wasm')))('%s is a command that says what it asks for', (name) => {
    const parsed = parseModule(readFileSync(new URL(name, samples)));
    expect(judge(parsed)).toMatchObject({ runnable: true });
    if (parsed.format === 'module') expect(abilities(parsed.info).some((ability) => ability.asked)).toBe(true);
  });
});
