import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { Profile, seeded } from './support/crash.ts';
import { openWorkspace, readText, run, workspaceReady } from './support/namespace.ts';

/** Kills of the browser in the middle of big files and many small ones; `crash/` has those of everything else. Each moment comes from its number as the seed. */
const KILLS = Number(process.env['E2E_KILLS'] ?? 1);

/** Everything below `/home`: kind, origin, and the contents of files or the target of links. */
function snapshot(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const { fs } = globalThis.palimpsest;
    const found: Record<string, string> = {};
    const hash = async (path: string) => {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', (await fs.readFile(path)) as BufferSource));
      return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    };
    const walk = async (folder: string): Promise<void> => {
      for (const { name, kind, size, origin } of await fs.readdir(folder)) {
        const path = `${folder}/${name}`;
        const detail = kind === 'file' ? `${size} ${await hash(path)}` : kind === 'symlink' ? `-> ${await fs.readlink(path)}` : '';
        found[path] = `${kind} ${origin} ${detail}`.trim();
        if (kind === 'directory') await walk(path);
      }
    };
    await walk('/home');
    return found;
  });
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await workspaceReady(page);
}

test.describe('a reload keeps', () => {
  test.beforeEach(async ({ page }) => {
    await openWorkspace(page);
  });

  test('files, empty directories, symlinks, what was renamed, replaced and emptied', async ({ page }) => {
    await page.evaluate(async () => {
      const { fs } = globalThis.palimpsest;
      await fs.mkdir('/home/empty/deeper', { recursive: true });
      await fs.writeFile('/home/zero', '');
      await fs.writeFile('/home/grüß 漢字 😀\n.txt', 'naïve');
      await fs.writeFile('/home/large', Uint8Array.from({ length: 3_300_000 }, (_, index) => Math.imul(index, 2654435761) >>> 13));
      await fs.symlink('large', '/home/to-large');
      await fs.symlink('/nowhere', '/home/dangling');
      await fs.writeFile('/home/one', 'one');
      await fs.rename('/home/one', '/home/two');
      await fs.mkdir('/home/before/sub', { recursive: true });
      await fs.writeFile('/home/before/sub/file', 'moved with its directory');
      await fs.rename('/home/before', '/home/after');
      await fs.writeFile('/home/a', 'a');
      await fs.writeFile('/home/b', 'b');
      await fs.rename('/home/a', '/home/b');
      await fs.writeFile('/home/shrunk', 'x'.repeat(200_000));
      await fs.writeFile('/home/shrunk', 'y');
      await fs.writeFile('/tmp/volatile', 'gone');
    });
    const written = await run(page, { module: '/bin/filetool', args: ['write', 'by-program.txt', 'mine'] });
    expect(written.code).toBe(0);
    expect((await run(page, { module: '/bin/filetool', args: ['append', 'by-program.txt', 'more'] })).code).toBe(0);
    await page.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/last'));
    const before = await snapshot(page);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['/home/empty/deeper', '/home/two', '/home/after/sub/file', '/home/grüß 漢字 😀\n.txt', '/home/by-program.txt']));
    await reload(page);
    expect(await snapshot(page)).toEqual(before);
    expect(await readText(page, '/home/by-program.txt')).toBe('mine\nmore\n');
    expect(await page.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/tmp')).length)).toBe(0);
    await reload(page);
    expect(await snapshot(page)).toEqual(before);
  });

  test('what was done to the files that it came with: deleted, renamed, changed', async ({ page }) => {
    await page.evaluate(async () => {
      const { fs } = globalThis.palimpsest;
      const text = new TextDecoder().decode(await fs.readFile('/home/welcome.md'));
      await fs.rename('/home/welcome.md', '/home/renamed.md');
      if (new TextDecoder().decode(await fs.readFile('/home/renamed.md')) !== text) throw new Error('other contents');
      await fs.rm('/home/data', { recursive: true });
      await fs.mkdir('/home/data');
      await fs.writeFile('/home/data/mine.txt', 'mine');
      await fs.writeFile('/etc/motd', 'changed\n');
    });
    expect((await run(page, { module: '/bin/filetool', args: ['delete', 'pixel.png'] })).code).toBe(0);
    await page.evaluate(() => globalThis.palimpsest.fs.rm('/bin/yes'));
    const before = await snapshot(page);
    expect(Object.keys(before).sort()).toEqual(['/home/data', '/home/data/mine.txt', '/home/renamed.md']);
    await reload(page);
    expect(await snapshot(page)).toEqual({ ...before, '/home/data': 'directory changed' });
    expect(await readText(page, '/etc/motd')).toBe('changed\n');
    expect(await run(page, { module: '/bin/yes' })).toMatchObject({ code: null });
  });

  test('a base directory that was renamed, with its contents', async ({ page }) => {
    const csv = await readText(page, '/home/data/orders.csv');
    await page.evaluate(async () => globalThis.palimpsest.fs.rename('/home/data', '/home/moved'));
    await reload(page);
    expect(await readText(page, '/home/moved/orders.csv')).toBe(csv);
    expect(Object.keys(await snapshot(page)).sort()).toEqual(['/home/moved', '/home/moved/orders.csv', '/home/pixel.png', '/home/welcome.md']);
  });
});

/** What the page has said to be on disk, as the test heard it before the browser was killed. */
interface Acknowledged {
  mebibytes: number;
  /** Files `/home/acked/N` that `writeFile` resolved for. */
  files: number;
}

/** Starts what writes without end: a program that syncs each MiB, and the page itself. */
async function startWriting(page: Page, acknowledged: Acknowledged): Promise<void> {
  await page.exposeFunction('heard', (what: keyof Acknowledged, count: number) => {
    acknowledged[what] = Math.max(acknowledged[what], count);
  });
  await page.evaluate(async () => {
    const { fs, run: start } = globalThis.palimpsest;
    const { heard } = globalThis as unknown as { heard(what: string, count: number): Promise<void> };
    await fs.mkdir('/home/acked');
    const watch = async (stream: ReadableStream<Uint8Array>) => {
      let text = '';
      const reader = stream.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        text += new TextDecoder().decode(next.value);
        const last = [...text.matchAll(/synced (\d+)\n/g)].at(-1);
        if (last) void heard('mebibytes', Number(last[1]));
      }
    };
    const writer = await start({ module: '/bin/writer', args: ['big.bin', '400', '--sync-each'], stdin: '' });
    void watch(writer.stdout);
    const writeFiles = async () => {
      for (let count = 0; ; count += 1) {
        await fs.writeFile(`/home/acked/${count}`, `file ${count}`);
        void heard('files', count + 1);
      }
    };
    void writeFiles();
  });
}

/** Starts what makes files in order. */
async function startMaking(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const process = await globalThis.palimpsest.run({ module: '/bin/manyfiles', args: ['many', '6000'], stdin: '' });
    void process.stdout.pipeTo(new WritableStream());
  });
}

async function expectPrefix(page: Page): Promise<void> {
  const { count, wrong } = await page.evaluate(async () => {
    const { fs } = globalThis.palimpsest;
    const names = (await fs.readdir('/home/many').catch(() => [])).map(({ name }) => name).sort();
    const faults: string[] = [];
    const texts: string[] = [];
    const read = async (index: number) => {
      texts[index] = new TextDecoder().decode(await fs.readFile(`/home/many/${names[index]}`));
    };
    for (let from = 0; from < names.length; from += 100) await Promise.all(names.slice(from, from + 100).map((_, index) => read(from + index)));
    for (const [index, name] of names.entries()) {
      const wanted = `file ${index}\n`;
      const text = texts[index] ?? '';
      const last = index === names.length - 1;
      if (name !== `${String(index).padStart(6, '0')}.txt` || (text !== wanted && !(last && wanted.startsWith(text)))) faults.push(`${name}: ${text}`);
    }
    return { count: names.length, wrong: faults.slice(0, 5) };
  });
  expect(wrong, `of ${count} files`).toEqual([]);
}

async function expectAcknowledged(page: Page, acknowledged: Acknowledged): Promise<void> {
  const checked = await run(page, { module: '/bin/writer', args: ['--check', 'big.bin'] });
  expect(checked).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+ bytes, 0 wrong words\n$/) });
  expect(parseInt(checked.stdout, 10)).toBeGreaterThanOrEqual(acknowledged.mebibytes * 1024 * 1024);
  const texts = await page.evaluate(async (count) => {
    const read = (index: number) => globalThis.palimpsest.fs.readFile(`/home/acked/${index}`).then((bytes) => new TextDecoder().decode(bytes), String);
    return Promise.all(Array.from({ length: count }, (_, index) => read(index)));
  }, acknowledged.files);
  expect(texts).toEqual(texts.map((_, index) => `file ${index}`));
}

for (let seed = 1; seed <= KILLS; seed += 1) {
  test(`the browser is killed while programs write: all that was acknowledged is there (${seed})`, async ({ baseURL }) => {
    test.setTimeout(90_000);
    const random = seeded(seed);
    const profile = new Profile();
    try {
      const acknowledged: Acknowledged = { mebibytes: 0, files: 0 };
      const { page, kill } = await profile.open();
      await openWorkspace(page, baseURL);
      await startWriting(page, acknowledged);
      const wanted = 1 + Math.floor(random() * 8);
      await expect.poll(() => Math.min(acknowledged.mebibytes, acknowledged.files), { intervals: [2], timeout: 30_000 }).toBeGreaterThanOrEqual(wanted);
      await startMaking(page);
      // The moment itself, somewhere within a few commits.
      await new Promise((done) => setTimeout(done, random() * 400));
      await kill();
      const again = await profile.open();
      await openWorkspace(again.page, baseURL);
      await expectAcknowledged(again.page, acknowledged);
      await expectPrefix(again.page);
      await again.page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/goes-on', 'yes'));
      expect(await readText(again.page, '/home/goes-on')).toBe('yes');
    } finally {
      await profile.remove();
    }
  });
}
