import type { Page } from '@playwright/test';
import type { Seen } from './model.ts';
import { TOP, type Actor } from './workload.ts';

/** Everything below `/home`, as the page's API shows it. */
export function readTree(page: Page): Promise<Seen[]> {
  return page.evaluate(async (top) => {
    const { fs } = globalThis.palimpsest;
    const found: Seen[] = [];
    const hashOf = async (path: string): Promise<string> => {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', (await fs.readFile(path)) as BufferSource));
      return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    };
    const look = async (path: string): Promise<void> => {
      const { kind, size, ino, nlink } = await fs.lstat(path);
      const seen: Seen = { path, kind, size, ino, nlink };
      found.push(seen);
      if (kind === 'file') seen.hash = await hashOf(path);
      else if (kind === 'symlink') seen.target = await fs.readlink(path);
      else if (kind === 'directory') await walk(path);
    };
    const walk = async (folder: string): Promise<void> => {
      await Promise.all((await fs.readdir(folder)).map(({ name }) => look(`${folder}/${name}`)));
    };
    await walk(top);
    return found;
  }, TOP);
}

/** The nodes of one actor, by path. */
export function ownOf(seen: readonly Seen[], { names }: Actor): Map<string, Seen> {
  const mine = (path: string): boolean => names.includes(path.slice(TOP.length + 1).split('/')[0]!);
  return new Map(seen.filter(({ path }) => mine(path)).map((node) => [node.path, node]));
}

export async function readBytes(page: Page, path: string): Promise<Uint8Array> {
  const text = await page.evaluate(async (file) => {
    const bytes = await globalThis.palimpsest.fs.readFile(file);
    let binary = '';
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(binary);
  }, path);
  return Buffer.from(text, 'base64');
}
