import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../../e2e/support/cases.ts';
import { checkTree } from '../../shared/tree/index.ts';
import { Files } from '../programs/shell/index.ts';
import { Rig } from '../testing/rig.ts';
import { runModule } from './index.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): Case[] => JSON.parse(readFileSync(new URL(path, root), 'utf8')) as Case[];
const cases = [...read('wasm-samples/cases.json'), ...read('wasm-samples/commands/cases.json')];
const { entries } = JSON.parse(readFileSync(new URL('public/samples/index.json', root), 'utf8')) as { entries: { path: string; url?: string; encoding?: string; target?: string }[] };
const modules = new Map<string, WebAssembly.Module>();

/** Follows the manifest, as the base layer does: a command is a link to the module of its set. */
function load(program: string): WebAssembly.Module {
  const entry = entries.find(({ path }) => path === `/bin/${program}`);
  if (entry?.target !== undefined) return load(entry.target);
  let module = modules.get(program);
  if (!module) {
    const bytes = readFileSync(new URL(entry?.url ?? '', new URL('public/samples/', root)));
    modules.set(program, (module = new WebAssembly.Module(entry?.encoding === 'gzip' ? gunzipSync(bytes) : bytes)));
  }
  return module;
}

function prepare(each: Case): { rig: Rig; files: Files } {
  const rig = new Rig({ pipeBytes: 4 << 20, separateErrors: true });
  const files = new Files(rig.vfs, '/home');
  files.mkdir('/home');
  for (const [path, text] of Object.entries(each.files ?? {})) {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      if (!files.isDirectory(path.slice(0, at))) files.mkdir(path.slice(0, at));
    }
    files.writeText(path, text, false);
  }
  const { tree } = rig.vfs.process;
  rig.preopen(tree.walk(rig.root, 0, new TextEncoder().encode('home'), 0, 4, true), '.');
  rig.type(each.stdin ?? '');
  rig.endInput();
  return { rig, files };
}

describe('samples', () => {
  it.each(cases.filter(({ endless, workers, listen, base }) => !endless && !workers && !listen && !base))('$program $args', (each) => {
    const { rig, files } = prepare(each);
    const env = { PWD: '/home', ...each.env };
    const started = performance.now();
    const result = runModule(load(each.program), {
      vfs: rig.vfs, clock: rig.clock, args: [each.program, ...(each.args ?? [])],
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      random: (bytes) => crypto.getRandomValues(bytes),
    });
    const stdout = rig.printed();
    const stderr = rig.printed(rig.stderr);
    expect(result.reason, result.message ?? stderr).toBe(each.trap ? 'trap' : 'exit');
    expect(result.code, stderr).toBe(each.trap ? 134 : (each.code ?? 0));
    if (each.stdout !== undefined) expect(stdout).toBe(each.stdout);
    if (each.stdoutStarts !== undefined) expect(stdout.slice(0, each.stdoutStarts.length)).toBe(each.stdoutStarts);
    for (const part of each.stdoutHas ?? []) expect(stdout).toContain(part);
    if (each.stdoutBytes !== undefined) expect(stdout).toHaveLength(each.stdoutBytes);
    if (each.stderr !== undefined) expect(stderr).toBe(each.stderr);
    if (each.stderrStarts !== undefined) expect(stderr.slice(0, each.stderrStarts.length)).toBe(each.stderrStarts);
    if (each.seconds !== undefined) expect(performance.now() - started).toBeGreaterThanOrEqual(each.seconds * 1000);
    for (const [path, text] of Object.entries(each.after ?? {})) expect(files.readText(path), path).toBe(text);
    rig.close();
    expect(checkTree(rig.kernelTree, [rig.root]).faults).toEqual([]);
  });
});
