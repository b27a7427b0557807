import type { Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { freshWorkspace, run } from './support/namespace.ts';

/** Awaits `calls` (bodies of async functions of `fs`) in turn: the value as JSON, or the error's code and path. */
function outcomes(page: Page, calls: Record<string, string[]>): Promise<Record<string, unknown>> {
  return page.evaluate(async (list) => {
    const results: Record<string, unknown> = {};
    for (const [name, [method = '', ...args]] of Object.entries(list)) {
      const call = (globalThis.palimpsest.fs as unknown as Record<string, (...given: string[]) => Promise<unknown>>)[method];
      try {
        results[name] = (await call?.(...args)) ?? 'done';
      } catch (error) {
        const { code, path, message } = error as Error & { code: string; path?: string };
        results[name] = { isError: error instanceof Error, code, path, says: message.includes(code) };
      }
    }
    return results;
  }, calls);
}

const failure = (code: string, path: string) => ({ isError: true, code, path, says: true });

test.describe('fs', () => {
  test('files: written as text and as bytes, read back, replaced, listed with kind, size and origin', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { fs } = globalThis.palimpsest;
      const text = async (path: string) => new TextDecoder().decode(await fs.readFile(path));
      await fs.mkdir('/home/a/b/c', { recursive: true });
      await fs.mkdir('/home/a/b/c', { recursive: true });
      await fs.writeFile('/home/a/grüß 漢字 😀.txt', 'naïve 😀\n');
      const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) >> 3);
      await fs.writeFile('/home/a/bytes', bytes);
      const back = await fs.readFile('/home/a/bytes');
      const same = back.length === bytes.length && back.every((byte, index) => byte === bytes[index]);
      await fs.writeFile('/home/a/bytes', bytes.subarray(10, 13));
      const shorter = [...await fs.readFile('/home/a/bytes')].length;
      await fs.writeFile('/home/a/empty', '');
      await fs.writeFile('/home/welcome.md', 'mine');
      await fs.symlink('bytes', '/home/a/link');
      const list = await fs.readdir('/home/a');
      return {
        text: await text('/home/a/grüß 漢字 😀.txt'), same, shorter, list: list.sort((one, other) => (one.name < other.name ? -1 : 1)),
        empty: (await fs.readFile('/home/a/empty')).length, welcome: await text('/home/welcome.md'),
        origin: (await fs.stat('/home/welcome.md')).origin, untouched: (await fs.stat('/home/pixel.png')).origin,
      };
    });
    expect(seen).toMatchObject({ text: 'naïve 😀\n', same: true, shorter: 3, empty: 0, welcome: 'mine', origin: 'changed', untouched: 'base' });
    expect(seen.list).toEqual([
      { name: 'b', kind: 'directory', size: 1, origin: 'new' },
      { name: 'bytes', kind: 'file', size: 3, origin: 'new' },
      { name: 'empty', kind: 'file', size: 0, origin: 'new' },
      { name: 'grüß 漢字 😀.txt', kind: 'file', size: 12, origin: 'new' },
      { name: 'link', kind: 'symlink', size: 5, origin: 'new' },
    ]);
  });

  test('stat follows symlinks, lstat does not; rename, readlink, rm', async ({ page }) => {
    await freshWorkspace(page);
    const seen = await page.evaluate(async () => {
      const { fs } = globalThis.palimpsest;
      const before = Date.now();
      await fs.writeFile('/home/one', '12345');
      await fs.symlink('/home/one', '/home/to-one');
      const [stat, lstat] = [await fs.stat('/home/to-one'), await fs.lstat('/home/to-one')];
      const target = await fs.readlink('/home/to-one');
      await fs.mkdir('/home/dir/sub', { recursive: true });
      await fs.rename('/home/one', '/home/dir/two');
      await fs.rename('/home/dir', '/home/moved');
      const moved = new TextDecoder().decode(await fs.readFile('/home/moved/two'));
      const dangling = await fs.stat('/home/to-one').catch((error: { code: string }) => error.code);
      await fs.rm('/home/to-one');
      await fs.rm('/home/moved', { recursive: true });
      await fs.rm('/home/welcome.md');
      return {
        kinds: [stat.kind, lstat.kind, stat.size, stat.nlink], target, moved, dangling, fresh: stat.mtime >= before - 1000 && stat.mtime <= Date.now() + 1000,
        left: (await fs.readdir('/home')).map(({ name }) => name).sort(),
      };
    });
    expect(seen).toEqual({ kinds: ['file', 'symlink', 5, 1], target: '/home/one', moved: '12345', dangling: 'ENOENT', fresh: true, left: ['data', 'pixel.png'] });
  });

  test('errors have a code and the path', async ({ page }) => {
    expect(await outcomes(page, {
      read: ['readFile', '/home/nothing'],
      readDirectory: ['readFile', '/home'],
      list: ['readdir', '/nowhere/at/all'],
      listFile: ['readdir', '/home/pixel.png'],
      through: ['stat', '/home/pixel.png/x'],
      lstat: ['lstat', '/home/nothing'],
      write: ['writeFile', '/nowhere/file', 'x'],
      writeDirectory: ['writeFile', '/home/data', 'x'],
      mkdir: ['mkdir', '/home/data'],
      mkdirDeep: ['mkdir', '/home/x/y'],
      rm: ['rm', '/home/nothing'],
      rmFull: ['rm', '/home/data'],
      rename: ['rename', '/home/nothing', '/home/else'],
      symlink: ['symlink', 'x', '/home/pixel.png'],
      readlink: ['readlink', '/home/pixel.png'],
      long: ['writeFile', `/home/${'n'.repeat(300)}`, 'x'],
      loop: ['symlink', 'loop', '/home/loop'],
      loopRead: ['readFile', '/home/loop'],
    })).toEqual({
      read: failure('ENOENT', '/home/nothing'),
      readDirectory: failure('EISDIR', '/home'),
      list: failure('ENOENT', '/nowhere/at/all'),
      listFile: failure('ENOTDIR', '/home/pixel.png'),
      through: failure('ENOTDIR', '/home/pixel.png/x'),
      lstat: failure('ENOENT', '/home/nothing'),
      write: failure('ENOENT', '/nowhere/file'),
      writeDirectory: failure('EISDIR', '/home/data'),
      mkdir: failure('EEXIST', '/home/data'),
      mkdirDeep: failure('ENOENT', '/home/x/y'),
      rm: failure('ENOENT', '/home/nothing'),
      rmFull: failure('ENOTEMPTY', '/home/data'),
      rename: failure('ENOENT', '/home/nothing'),
      symlink: failure('EEXIST', '/home/pixel.png'),
      readlink: failure('EINVAL', '/home/pixel.png'),
      long: failure('ENAMETOOLONG', `/home/${'n'.repeat(300)}`),
      loop: 'done',
      loopRead: failure('ELOOP', '/home/loop'),
    });
  });
});

test.describe('run', () => {
  test('a module from the namespace, a URL, and bytes', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const palimpsest = globalThis.palimpsest;
      const outputOf = async (module: string | URL | Uint8Array<ArrayBuffer> | ArrayBuffer) => {
        const process = await palimpsest.run({ module, stdin: '' });
        const listed = (await palimpsest.processes()).find(({ pid }) => pid === process.pid)?.name;
        return [listed, await new Response(process.stdout).text(), (await process.exited).code];
      };
      const url = new URL('samples/hello-c.wasm', location.href);
      const bytes = await (await fetch(url)).bytes();
      return [await outputOf('/bin/hello-c'), await outputOf(url), await outputOf(url.href), await outputOf(bytes), await outputOf(bytes.buffer)];
    });
    const hello = 'Hello from C!\n';
    expect(seen).toEqual([['hello-c', hello, 0], ['hello-c.wasm', hello, 0], ['hello-c.wasm', hello, 0], ['a.out', hello, 0], ['a.out', hello, 0]]);
  });

  test('a module that is none, or is not there, rejects with a code', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { fs, run: start } = globalThis.palimpsest;
      await fs.writeFile('/home/text.wasm', 'not wasm');
      const codes: unknown[] = [];
      for (const module of ['/home/text.wasm', '/home/nothing.wasm', new Uint8Array([0, 97, 115]), new Uint8Array(0), '/home']) {
        codes.push(await start({ module, stdin: '' }).then(() => 'started', ({ code, path }: { code: string; path?: string }) => [code, path]));
      }
      return codes;
    });
    expect(seen).toMatchObject([['ENOEXEC', '/home/text.wasm'], ['ENOENT', '/home/nothing.wasm'], ['ENOEXEC', 'a.out'], ['ENOEXEC', 'a.out'], [expect.stringMatching(/EISDIR|ENOEXEC|EACCES/), '/home']]);
  });

  test('name, arguments, environment and working directory reach the program', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { fs, run: start } = globalThis.palimpsest;
      await fs.mkdir('/home/work dir');
      const process = await start({ module: '/bin/env-args', name: 'näme', args: ['a b', '', '漢字'], env: { KEY: 'välue=1' }, cwd: '/home/work dir', stdin: '' });
      return new Response(process.stdout).text();
    });
    for (const line of ['argv[0] (5 bytes): näme', 'argv[1] (3 bytes): a b', 'argv[2] (0 bytes): ', 'argv[3] (6 bytes): 漢字', 'KEY=välue=1', 'cwd: /home/work dir']) {
      expect(seen).toContain(line);
    }
  });

  test('standard input as text, bytes, a stream, and written later', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { run: start } = globalThis.palimpsest;
      const encode = (text: string) => new TextEncoder().encode(text);
      const upper = async (stdin?: string | Uint8Array | ReadableStream<Uint8Array>) => {
        const process = await start({ module: '/bin/upper', ...(stdin === undefined ? {} : { stdin }) });
        if (process.stdin) {
          const writer = process.stdin.getWriter();
          await writer.write(encode('later '));
          await writer.write(encode('and later'));
          await writer.close();
        }
        return [process.stdin !== undefined, await new Response(process.stdout).text(), (await process.exited).code];
      };
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let part = 0; part < 300; part += 1) controller.enqueue(encode('x'.repeat(1000)));
          controller.close();
        },
      });
      const streamed = await upper(stream);
      return [await upper('text'), await upper(encode('bytes ü')), [streamed[0], streamed[1] === 'X'.repeat(300_000), streamed[2]], await upper()];
    });
    expect(seen).toEqual([[false, 'TEXT', 0], [false, 'BYTES ü', 0], [false, true, 0], [true, 'LATER AND LATER', 0]]);
  });

  test('kill and exited, for a program that never calls its host too', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { processes, run: start } = globalThis.palimpsest;
      const ends: unknown[] = [];
      for (const [program, signal] of [['spin', 'KILL'], ['sleep', undefined], ['yes', 'TERM'], ['spin', 'INT']] as const) {
        const process = await start({ module: `/bin/${program}`, args: program === 'sleep' ? ['600'] : [], stdin: '' });
        void process.stdout.pipeTo(new WritableStream());
        void process.stderr.pipeTo(new WritableStream());
        const listed = (await processes()).find(({ pid }) => pid === process.pid);
        await process.kill(signal);
        const { code, signal: by, reason, duration } = await process.exited;
        ends.push([listed?.name, listed?.exit === undefined, code, by, reason, duration > 0]);
        ends.push(await process.kill().then(() => 'quiet', (error: { code: string }) => error.code));
      }
      return ends;
    });
    expect(seen.filter((_, index) => index % 2 === 0)).toEqual([
      ['spin', true, 137, 'KILL', 'killed', true],
      ['sleep', true, 143, 'TERM', 'killed', true],
      ['yes', true, 143, 'TERM', 'killed', true],
      ['spin', true, 130, 'INT', 'killed', true],
    ]);
    for (const again of seen.filter((_, index) => index % 2 === 1)) expect(['quiet', 'ESRCH']).toContain(again);
  });

  test('what it changed comes with its end', async ({ page }) => {
    const changes = await page.evaluate(async () => {
      const { fs, run: start } = globalThis.palimpsest;
      const act = async (...args: string[]) => (await (await start({ module: '/bin/filetool', args, stdin: '' })).exited).changes;
      await fs.writeFile('/home/there', 'x');
      return [await act('write', 'new.txt', 'x'), await act('delete', 'there'), await act('read', 'new.txt')];
    });
    expect(changes).toEqual([
      { written: ['/home/new.txt'], deleted: [], more: 0 }, { written: [], deleted: ['/home/there'], more: 0 }, { written: [], deleted: [], more: 0 },
    ]);
  });

  test('preopens give exactly these directories: everything else fails closed', async ({ page }) => {
    await freshWorkspace(page);
    await page.evaluate(async () => {
      const { fs } = globalThis.palimpsest;
      await fs.mkdir('/home/box/in', { recursive: true });
      await fs.writeFile('/home/box/in/a.txt', 'inside\n');
      await fs.writeFile('/home/secret.txt', 'secret\n');
      await fs.symlink('/home/secret.txt', '/home/box/absolute');
      await fs.symlink('../secret.txt', '/home/box/relative');
    });
    const preopens = { '/': '/home/box' };
    const filetool = (...args: string[]) => run(page, { module: '/bin/filetool', args, preopens });
    expect(await filetool('read', '/in/a.txt')).toMatchObject({ code: 0, stdout: 'inside\n' });
    for (const path of ['/home/secret.txt', '/../secret.txt', '../secret.txt', '/in/../../secret.txt', '/absolute', '/relative', '/etc/motd', '/bin/filetool']) {
      const outcome = await filetool('read', path);
      expect(outcome, path).toMatchObject({ code: 1, stdout: '' });
      expect(outcome.stderr, path).toContain(path);
    }
    expect(await filetool('write', '/in/b.txt', 'made')).toMatchObject({ code: 0 });
    expect(await filetool('write', '/../escaped.txt', 'made')).toMatchObject({ code: 1 });
    expect(await filetool('rename', '/in/a.txt', '/../out.txt')).toMatchObject({ code: 1 });
    const none = await run(page, { module: '/bin/filetool', args: ['read', '/etc/motd'], preopens: {} });
    expect(none).toMatchObject({ code: 1, stdout: '' });
    const two = await run(page, { module: '/bin/upper', args: ['/one/a.txt', '/two/motd'], preopens: { '/one': '/home/box/in', '/two': '/etc' } });
    expect(two.code).toBe(0);
    expect(two.stdout.startsWith('INSIDE\n')).toBe(true);
    const left = await page.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home')).map(({ name }) => name).sort());
    expect(left).toEqual(['box', 'data', 'pixel.png', 'secret.txt', 'welcome.md']);
  });

  test('a preopen that is not there rejects', async ({ page }) => {
    const code = await page.evaluate(() => globalThis.palimpsest.run({ module: '/bin/hello-c', preopens: { '/': '/nowhere' }, stdin: '' }).then(() => 'started', ({ code: reason, path }) => [reason, path]));
    expect(code).toEqual(['ENOENT', '/nowhere']);
  });

  test('several at once, each with its own streams', async ({ page }) => {
    const seen = await page.evaluate(async () => Promise.all(Array.from({ length: 8 }, async (_, index) => {
      const process = await globalThis.palimpsest.run({ module: '/bin/upper', stdin: `number ${index}` });
      return new Response(process.stdout).text();
    })));
    expect(seen).toEqual(Array.from({ length: 8 }, (_, index) => `NUMBER ${index}`));
  });
});

test('bus: what is published reaches those whose pattern matches, in order, until they leave', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const { bus } = globalThis.palimpsest;
    const got: Record<string, unknown[]> = {};
    const leave: Record<string, () => void> = {};
    for (const pattern of ['app.one', 'app.*', 'app.>', '*.one', 'other.>']) {
      got[pattern] = [];
      leave[pattern] = bus.subscribe(pattern, ({ subject, data }) => got[pattern]?.push([subject, data instanceof Uint8Array ? [...data] : data]));
    }
    await bus.publish('app.warm-up', 'x');
    while (got['app.>']?.length === 0) {
      await bus.publish('app.warm-up', 'x');
      await new Promise((done) => setTimeout(done, 5));
    }
    for (const list of Object.values(got)) list.length = 0;
    const until = async (pattern: string, count: number) => {
      while ((got[pattern]?.length ?? 0) < count) await new Promise((done) => setTimeout(done, 5));
    };
    await bus.publish('app.one', 'text');
    await bus.publish('app.two', new Uint8Array([1, 2, 3]));
    await bus.publish('app.two.deep', { a: [1, { b: 'ü' }] });
    await until('app.>', 3);
    await until('*.one', 1);
    leave['app.one']?.();
    leave['app.one']?.();
    await bus.publish('app.one', 'after');
    await until('app.>', 4);
    return got;
  });
  const one = ['app.one', 'text'];
  const two = ['app.two', [1, 2, 3]];
  const warm = (list: unknown[] | undefined) => list?.filter((entry) => (entry as [string])[0] !== 'app.warm-up');
  expect(warm(seen['app.one'])).toEqual([one]);
  expect(warm(seen['app.*'])).toEqual([one, two, ['app.one', 'after']]);
  expect(warm(seen['app.>'])).toEqual([one, two, ['app.two.deep', { a: [1, { b: 'ü' }] }], ['app.one', 'after']]);
  expect(warm(seen['*.one'])).toEqual([one, ['app.one', 'after']]);
  expect(seen['other.>']).toEqual([]);
});

test('bus: the kernel tells of processes and of changes', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const { bus, fs, run: start } = globalThis.palimpsest;
    const messages: { subject: string; data: unknown }[] = [];
    const has = (subject: string) => messages.some((message) => message.subject === subject);
    bus.subscribe('proc.>', (message) => messages.push(message));
    bus.subscribe('fs.changed.>', (message) => messages.push(message));
    for (let attempt = 0; !has('fs.changed.home'); attempt += 1) {
      await fs.writeFile('/home/warm-up', String(attempt));
      await new Promise((done) => setTimeout(done, 20));
    }
    messages.length = 0;
    const process = await start({ module: '/bin/filetool', args: ['write', 'made.txt', 'x'], stdin: '' });
    const made = () => messages.some(({ subject, data }) => subject === 'fs.changed.home' && (data as { changes: { path: string; pid: number }[] }).changes.some(({ path, pid }) => path === '/home/made.txt' && pid === process.pid));
    while (!has(`proc.${process.pid}.exit`) || !made()) await new Promise((done) => setTimeout(done, 5));
    return { spawn: has(`proc.${process.pid}.spawn`), list: (await globalThis.palimpsest.processes()).find(({ pid }) => pid === process.pid) };
  });
  expect(seen.spawn).toBe(true);
  if (seen.list) expect(seen.list).toMatchObject({ name: 'filetool', exit: { code: 0 } });
});

test('processes() says what runs, with its arguments and state', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const { processes, run: start } = globalThis.palimpsest;
    const process = await start({ module: '/bin/sleep', args: ['600'], cwd: '/home/data', stdin: '' });
    const find = async () => (await processes()).find(({ pid }) => pid === process.pid);
    let info = await find();
    while (info?.state !== 'waiting' && info?.state !== 'running') info = await find();
    await process.kill('KILL');
    await process.exited;
    return { info, ended: (await find())?.exit?.signal ?? 'KILL' };
  });
  expect(seen.info).toMatchObject({ name: 'sleep', cwd: '/home/data', tty: null });
  expect(seen.info?.args.at(-1)).toBe('600');
  expect(seen.ended).toBe('KILL');
});
