import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { Palimpsest } from '../../src/ui/client/index.ts';
import { readTarGz } from './tar.ts';

declare global {
  var palimpsest: Palimpsest;
}

/** Opens the page and waits until its workspace is open. `base`: where the page is, for a page that has no base address. */
export async function openWorkspace(page: Page, base = ''): Promise<void> {
  await page.goto(`${base}/`);
  await workspaceReady(page);
}

/** Of a page that is loading: until its workspace is open, and the window is drawn. */
export async function workspaceReady(page: Page): Promise<void> {
  await page.evaluate(async () => {
    while (!('palimpsest' in globalThis)) await new Promise((done) => setTimeout(done, 20));
    await globalThis.palimpsest.ready;
  });
  // The window is drawn a moment later; keys that come before are nobody's.
  await page.getByRole('banner').waitFor();
}

/** Closes what lies over the window and ends what runs, prompts aside; nothing else changes. */
export async function tidy(page: Page): Promise<void> {
  const over = page.getByRole('dialog').or(page.getByRole('alertdialog')).or(page.getByRole('menu'));
  for (let left = 5; left > 0 && (await over.count()) > 0; left--) await page.keyboard.press('Escape');
  await page.evaluate(async () => {
    const { fs, processes } = globalThis.palimpsest;
    const running = async () => (await processes()).filter(({ exit, pid, session, tty }) => !exit && (tty === null || pid !== session));
    for (let left = await running(); left.length > 0; left = await running()) {
      await Promise.allSettled(left.map(({ pid }) => fs.writeFile(`/proc/${pid}/ctl`, 'kill')));
    }
  });
}

/** Deletes all that is kept for an origin in the page's context. No page of the origin may be open. */
export async function forget(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
}

/** Empties everything that the page has kept in the browser, and opens it anew. */
export async function freshWorkspace(page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  await page.goto('about:blank');
  await forget(page, origin);
  await openWorkspace(page, origin);
}

export interface Outcome {
  /** Null where the program did not start. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Why it did not start, or what ended it. */
  message?: string;
}

export interface Program {
  /** URL (see `serveBytes`) or path in the namespace. */
  module: string;
  args?: string[];
  env?: Record<string, string>;
  preopens?: Record<string, string>;
  stdin?: string;
}

/** Runs a program to its end and collects what it printed. */
export async function run(page: Page, program: Program): Promise<Outcome> {
  return page.evaluate(async (options) => {
    const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
    try {
      const process = await globalThis.palimpsest.run({ stdin: '', ...options });
      const [stdout, stderr, exit] = await Promise.all([textOf(process.stdout), textOf(process.stderr), process.exited]);
      return { code: exit.code, stdout, stderr, ...(exit.message === undefined ? {} : { message: exit.message }) };
    } catch (error) {
      return { code: null, stdout: '', stderr: '', message: error instanceof Error ? error.message : String(error) };
    }
  }, program);
}

/** Makes bytes of the test's machine available to the page under a URL of its own origin. */
export async function serveBytes(page: Page, name: string, bytes: Uint8Array): Promise<string> {
  const url = new URL(`/under-test/${name}`, page.url()).href;
  const contentType = name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
  await page.route(url, (route) => route.fulfill({ body: Buffer.from(bytes), contentType }));
  return url;
}

export const serveFile = (page: Page, name: string, file: string): Promise<string> => serveBytes(page, name, readFileSync(file));

/** Writes files into the namespace; directories in between are made. */
export async function writeFiles(page: Page, files: Record<string, Uint8Array | string>): Promise<void> {
  const encoded = Object.entries(files).map(([path, data]) => ({ path, data: Buffer.from(data) }));
  const url = await serveBytes(page, `files-${encoded.length}-${Date.now()}`, Buffer.concat(encoded.map(({ data }) => data)));
  const list = encoded.map(({ path, data }) => ({ path, size: data.length }));
  await page.evaluate(
    async ({ source, entries }) => {
      const { fs } = globalThis.palimpsest;
      const bytes = new Uint8Array(await (await fetch(source)).arrayBuffer());
      for (const folder of new Set(entries.map(({ path }) => path.slice(0, path.lastIndexOf('/')) || '/'))) {
        await fs.mkdir(folder, { recursive: true });
      }
      let at = 0;
      const placed = entries.map(({ path, size }) => ({ path, from: at, to: (at += size) }));
      const write = async () => {
        for (let next = placed.pop(); next; next = placed.pop()) await fs.writeFile(next.path, bytes.slice(next.from, next.to));
      };
      await Promise.all(Array.from({ length: 16 }, write));
    },
    { source: url, entries: list },
  );
}

/** Unpacks a `.tar.gz` of the test's machine below `target`. */
export async function unpack(page: Page, archive: string, target: string): Promise<void> {
  const entries = readTarGz(readFileSync(archive));
  const files = entries.filter(({ kind }) => kind === 'file').map(({ path, data }) => [`${target}/${path}`, data] as const);
  await writeFiles(page, Object.fromEntries(files));
}

export async function readText(page: Page, path: string): Promise<string> {
  return page.evaluate(async (file) => new TextDecoder().decode(await globalThis.palimpsest.fs.readFile(file)), path);
}
