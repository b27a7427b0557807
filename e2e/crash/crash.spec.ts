import { expect, test } from '@playwright/test';
import { CrashRun } from './crash-run.ts';

/** Kills of the browser, on profiles of at most so many each; the seed decides all that is not the machine's. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 10);
const SEED = Number(process.env['CRASH_SEED'] ?? 1);
const PER_PROFILE = 25;

// A trace of a browser that vanishes ends in errors of the tracer.
test.use({ trace: 'off', screenshot: 'off' });

for (let first = 0; first < KILLS; first += PER_PROFILE) {
  test.describe.serial(`a browser that is killed over and over, seed ${SEED + first}`, () => {
    let run: CrashRun;
    test.beforeAll(({ baseURL }) => {
      run = new CrashRun(baseURL!, SEED + first);
    });
    test.afterAll(() => run.end());

    for (let kill = first; kill < Math.min(KILLS, first + PER_PROFILE); kill += 1) {
      test(`kill ${kill + 1}: what is there is a prefix of the history, with all that was durable`, async () => {
        const { wrong, done, acknowledged, records, chunks } = await run.once();
        console.log(`    ${done} operations there, ${acknowledged} acknowledged; ${records} records, ${chunks} references`);
        expect(wrong).toEqual([]);
      });
    }

    test(`the check of the database sees what is damaged in it (seed ${SEED + first})`, async () => {
      expect(await run.unseenDamage()).toEqual([]);
    });
  });
}
