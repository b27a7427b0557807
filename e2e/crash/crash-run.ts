import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { Profile, seeded } from '../support/crash.ts';
import { openWorkspace } from '../support/namespace.ts';
import { listen, startActors, type Listening } from './actors.ts';
import { modelOf, type Model, type Operation, type Seen } from './model.ts';
import { ownOf, readBytes, readTree } from './readout.ts';
import { RawChecker } from './raw/check.ts';
import { damages } from './raw/damage.ts';
import { emptyCache, readDatabase, type RawDatabase } from './raw/rows.ts';
import type { ManifestEntry } from './raw/tree.ts';
import { choose, cutsOf, type Cut } from './verdict.ts';
import { ACTORS, makeUp, TOP } from './workload.ts';

const guest = readFileSync(new URL('./crash-guest.wasm', import.meta.url)).toString('base64');
/** Operations that each actor has before it, more than it can do in the time. */
const OPERATIONS = 2500;
/** Milliseconds until the kill, at most; that of one in so many falls into the start of the page instead. */
const LIFE = 2000;
const AT_START = 8;

export interface KillReport {
  /** Operations that were done whole, of all actors; and acknowledged ones. */
  done: number;
  acknowledged: number;
  /** Records of the journal, and references to chunks that were checked. */
  records: number;
  chunks: number;
  wrong: string[];
}

/** One browser profile that is killed and started again, over and over, with the model of what must be in it. */
export class CrashRun {
  readonly #profile = new Profile();
  readonly #base: string;
  readonly #random: () => number;
  #page: Page | null = null;
  #kill: (() => Promise<void>) | null = null;
  #models: Model[] = [];
  readonly #cache = emptyCache();
  #checker: RawChecker | null = null;
  #manifest: ManifestEntry[] = [];
  #database: RawDatabase | null = null;

  /** `base`: where the page is served. */
  constructor(base: string, seed: number) {
    this.#base = base;
    this.#random = seeded(seed);
  }

  /** Works until the kill, starts again and compares. The browser stays open for the next. */
  async once(): Promise<KillReport> {
    const page = this.#page ?? (await this.#start()).page;
    const tasks = this.#models.map((model, actor) => ({ kind: ACTORS[actor]!.kind, operations: makeUp(this.#random, ACTORS[actor]!, model.copy(), OPERATIONS) }));
    const listening = await listen(page);
    if (this.#random() < 1 / AT_START) {
      void page.reload().catch(() => undefined);
      await pause(this.#random() * LIFE * 0.5);
    } else {
      await startActors(page, tasks, guest, Math.floor(this.#random() * 2 ** 32));
      await pause(this.#random() * LIFE);
    }
    await this.#kill?.();
    this.#page = null;
    return this.#compare(listening, tasks.map(({ operations }) => operations));
  }

  /** Damages copies of the database in every way that there is to see; what of it the check did not see. */
  async unseenDamage(): Promise<string[]> {
    const database = this.#database;
    if (!database || !this.#checker) return ['there is no database'];
    const unseen: string[] = [];
    for (const [name, damaged] of damages(database)) {
      const fresh = new RawChecker(this.#manifest);
      const { wrong } = await fresh.check(damaged);
      if (wrong.length === 0) unseen.push(name);
    }
    return unseen;
  }

  async end(): Promise<void> {
    await this.#profile.remove();
  }

  /** The database as the kill left it, before the kernel sees it. */
  async #checkRows(page: Page): Promise<Pick<KillReport, 'records' | 'chunks' | 'wrong'>> {
    await page.goto(`${this.#base}/samples/index.json`);
    if (!this.#checker) {
      const { entries } = await page.evaluate(async () => (await fetch(location.href)).json()) as { entries: ManifestEntry[] };
      this.#manifest = entries;
      this.#checker = new RawChecker(entries);
    }
    const database = this.#database = await readDatabase(page, 'palimpsest:default', this.#cache);
    return database ? this.#checker.check(database) : { records: 0, chunks: 0, wrong: [] };
  }

  async #start(): Promise<{ page: Page; raw: Pick<KillReport, 'records' | 'chunks' | 'wrong'> }> {
    const { page, kill } = await this.#profile.open();
    this.#kill = kill;
    this.#page = page;
    const raw = await this.#checkRows(page);
    await openWorkspace(page, this.#base);
    raw.wrong.push(...(await noticesOf(page)));
    if (this.#models.length === 0) {
      const seen = await readTree(page);
      for (const actor of ACTORS) this.#models.push(await modelOf(TOP, ownOf(seen, actor), (path) => readBytes(page, path)));
    }
    return { page, raw };
  }

  async #compare({ heard, failures }: Listening, operations: readonly Operation[][]): Promise<KillReport> {
    const { page, raw } = await this.#start();
    const wrong = [...failures, ...raw.wrong];
    const seen = await readTree(page);
    const strangers = seen.filter(({ path }) => !ACTORS.some((actor) => ownOf(seen, actor).has(path)));
    if (strangers.length > 0) wrong.push(`nobody made ${strangers.map(({ path }) => path).join(', ')}`);
    const cuts: Cut[][] = [];
    const own: Map<string, Seen>[] = [];
    for (const [index, actor] of ACTORS.entries()) {
      own[index] = ownOf(seen, actor);
      const least = Math.max(0, ...heard.filter(({ actor: other, what }) => other === index && what === 'durable').map(({ operation }) => operation + 1));
      const { cuts: found, told } = await cutsOf(this.#models[index]!, operations[index]!, own[index]!, (path) => readBytes(page, path), least);
      if (found.length === 0) wrong.push(`${actor.name}: what is there is no point of its history; after operation ${least}: ${told}`);
      cuts.push(found);
    }
    const verdict = wrong.length > 0 ? { wrong: '' } : choose(heard, cuts, ACTORS.map(({ name }) => name));
    if ('wrong' in verdict) return { ...raw, done: 0, acknowledged: heard.length, wrong: [...wrong, verdict.wrong].filter(Boolean) };
    this.#models = verdict.chosen.map(({ model }) => model);
    for (const [index, model] of this.#models.entries()) model.adoptNumbers(own[index]!);
    return {
      ...raw,
      done: verdict.chosen.reduce((sum, cut) => sum + cut.operations, 0),
      acknowledged: heard.filter(({ what }) => what !== 'begin').length,
      wrong,
    };
  }
}

/** What the page tells its user: after a kill there is nothing to tell. */
async function noticesOf(page: Page): Promise<string[]> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page.locator('.banner').allTextContents();
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
