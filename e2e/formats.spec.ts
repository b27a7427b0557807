import type { Page } from '@playwright/test';
import type { JournalRecord, NodeRecord } from '../src/kernel/contract/index.ts';
import { baseIno } from '../src/kernel/storage/manifest.ts';
import { createHasher } from '../src/kernel/storage/hasher.ts';
import { encodeEntry1, encodeNode1, encodeSegment1 } from '../src/kernel/storage/testing/format-1.ts';
import { expect, test } from './fixtures.ts';
import { openWorkspace, readText } from './support/namespace.ts';

/** A page without the program has no icon of its own. */
test.use({ allowedFaults: /favicon/ });

const NAME = 'palimpsest:default';
const HOME = baseIno('/home');

type Rows = Record<'meta' | 'entries' | 'nodes' | 'journal' | 'packs', [unknown, unknown][]>;

const node = (ino: number, extra: Partial<NodeRecord> = {}): NodeRecord =>
  ({ ino, kind: 'file', size: 0, nlink: 1, atime: 10n ** 18n, mtime: 10n ** 18n, ctime: 10n ** 18n, ...extra });

/** A workspace as a version that had format 1 left it: a directory with a file that has two names, and one that was removed. */
async function oldWorkspace(): Promise<Rows> {
  const text = new TextEncoder().encode('written in format 1\n');
  const hash = (await createHasher()).hash(text);
  const chunk = { hash, pack: 1, offset: 0, length: text.length };
  const dir = node(2, { kind: 'directory' });
  const file = node(3, { size: text.length, chunks: [chunk], nlink: 2 });
  const { chunks: _, ...bare } = file;
  const record = { time: 10n ** 18n, pid: 7, run: 0, parent: 0, before: null };
  const journal: JournalRecord[] = [
    { ...record, seq: 1, op: 'mkdir', path: '/home/old', after: dir },
    { ...record, seq: 2, op: 'create', path: '/home/old/first', after: { ...bare, size: 0, nlink: 1 } },
    { ...record, seq: 3, op: 'write', path: '/home/old/first', before: { ...bare, size: 0, nlink: 1 }, after: { ...bare, nlink: 1 }, blocks: [{ index: 0, before: null, after: chunk }] },
    { ...record, seq: 4, op: 'rename', path: '/home/old', to: '/home/kept', before: dir, after: dir, replaced: null },
    { ...record, seq: 5, op: 'link', path: '/home/kept/second', to: '/home/kept/first', before: { ...bare, nlink: 1 }, after: bare },
  ];
  const bytes = (value: Uint8Array): { base64: string } => ({ base64: Buffer.from(value).toString('base64') });
  return {
    meta: [['head', { format: 1, seq: 5, nextIno: 4, nextPack: 2, clean: true }]],
    entries: [
      [[HOME, 'kept'], bytes(encodeEntry1({ parent: HOME, name: 'kept', node: dir }))],
      [[2, 'first'], bytes(encodeEntry1({ parent: 2, name: 'first', node: { ino: 3, linked: true } }))],
      [[2, 'second'], bytes(encodeEntry1({ parent: 2, name: 'second', node: { ino: 3, linked: true } }))],
    ],
    nodes: [[3, bytes(encodeNode1(file))]],
    journal: [[1, bytes(encodeSegment1(journal))]],
    packs: [[1, { ...bytes(text), buffer: true }]],
  };
}

/** A page of the same origin without the program. */
async function bare(page: Page): Promise<void> {
  await page.goto('/samples/index.json');
}

/** Makes the database as version 1 made it. */
async function makeDatabase(page: Page, rows: Rows): Promise<void> {
  await bare(page);
  await page.evaluate(async ([name, stores]) => {
    const answer = <T>(request: IDBRequest<T>): Promise<T> => new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => Object.keys(stores).forEach((store) => request.result.createObjectStore(store));
    const database = await answer(request);
    const transaction = database.transaction(Object.keys(stores), 'readwrite');
    for (const [store, values] of Object.entries(stores)) {
      for (const [key, value] of values) {
        const { base64, buffer } = value as { base64?: string; buffer?: boolean };
        const bytes = base64 === undefined ? null : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        transaction.objectStore(store).put(bytes === null ? value : buffer ? bytes.buffer : bytes, key as IDBValidKey);
      }
    }
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = failed;
    });
    database.close();
  }, [NAME, rows] as const);
}

const versions = (page: Page): Promise<unknown> => page.evaluate(async (name) => (await indexedDB.databases()).filter((one) => one.name === name).map(({ version }) => version), NAME);

test('a workspace of format 1 is migrated when it is opened: files, links, history, and it can be written', async ({ page }) => {
  await makeDatabase(page, await oldWorkspace());
  await openWorkspace(page);
  expect(await readText(page, '/home/kept/first')).toBe('written in format 1\n');
  expect(await readText(page, '/home/kept/second')).toBe('written in format 1\n');
  const seen = await page.evaluate(async () => {
    const { fs, history, layers } = globalThis.palimpsest;
    await fs.writeFile('/home/kept/third', 'new');
    await layers.push('first');
    const { entries } = await history.entries({ path: '/home' });
    const before = await history.at(3).readdir('/home/old');
    return {
      ops: entries.filter(({ seq }) => seq <= 5).map(({ seq, op }) => `${seq} ${op}`), before: before.map(({ name }) => name),
      nlink: (await fs.stat('/home/kept/first')).nlink, layers: (await layers.list()).map(({ name }) => name),
    };
  });
  expect(seen).toEqual({ ops: ['5 link', '4 rename', '3 write', '2 create', '1 mkdir'], before: ['first'], nlink: 2, layers: ['base', 'first', 'upper'] });
  expect(await versions(page)).toEqual([2]);
  await openWorkspace(page);
  expect(await readText(page, '/home/kept/third')).toBe('new');
});

test('a database of a newer version is shown read-only with a message, and left as it is', async ({ page }) => {
  await openWorkspace(page);
  await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/mine', 'mine'));
  await bare(page);
  await page.evaluate((name) => new Promise((done, failed) => {
    const request = indexedDB.open(name, 7);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('later');
      const meta = request.transaction!.objectStore('meta');
      const head = meta.get('head');
      head.onsuccess = () => meta.put({ ...head.result, format: 7 }, 'head');
    };
    request.onsuccess = () => {
      request.result.close();
      done(null);
    };
    request.onerror = () => failed(request.error);
  }), NAME);
  await openWorkspace(page);
  expect(await readText(page, '/home/mine')).toBe('mine');
  await expect(page.getByText('This workspace was written by a newer version')).toBeVisible();
  expect(await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/other', 'x').catch((error: { code: string }) => error.code))).toBe('EROFS');
  expect(await versions(page)).toEqual([7]);
});
