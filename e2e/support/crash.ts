import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { browserFlags, findBrowser } from '../tools/browser.mjs';

export interface Crashable {
  page: Page;
  /** Ends the browser and all its processes at once (SIGKILL): nothing of it gets to say goodbye. */
  kill(): Promise<void>;
}

/** A profile folder that browsers can be started on, one after the other. */
export class Profile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'palimpsest-profile-'));
  #running: Crashable | null = null;

  /** Starts a browser of its own process group on this profile. */
  async open(): Promise<Crashable> {
    const portFile = join(this.#folder, 'DevToolsActivePort');
    rmSync(portFile, { force: true });
    const args = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${this.#folder}`, '--no-default-browser-check', ...browserFlags, 'about:blank'];
    const child = spawn(findBrowser() ?? chromium.executablePath(), args, { detached: true, stdio: 'ignore' });
    const ended = new Promise<void>((done) => child.on('exit', () => done()));
    // A runner that is ended in the middle must not leave a browser behind.
    const atExit = (): void => stop();
    process.once('exit', atExit);
    const stop = (): void => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    let browser: Browser;
    try {
      browser = await chromium.connectOverCDP(`http://127.0.0.1:${await portIn(portFile)}`);
    } catch (error) {
      stop();
      throw error;
    }
    const page = await browser.contexts()[0]!.newPage();
    const kill = async (): Promise<void> => {
      this.#running = null;
      stop();
      await ended;
      process.off('exit', atExit);
      await browser.close().catch(() => undefined);
    };
    this.#running = { page, kill };
    return this.#running;
  }

  async remove(): Promise<void> {
    await this.#running?.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function portIn(file: string): Promise<number> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
    if (port > 0) return port;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('the browser did not start within 30 s');
}

/** Numbers in [0, 1) that the seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
