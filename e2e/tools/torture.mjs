// @ts-check
/**
 * The stress tests, for longer than `npm test` has time: processes in real workers on the shared tree, and on the bus, some killed at random; the calls
 * of preview 1 and of the host ABI with any arguments; and a real browser that is killed (SIGKILL) over and over while programs and the page write.
 *
 *     npm run torture [-- --seed N] [--kills 200] [--seconds 120] [--workers 4] [--calls 1000000]
 *
 * `--kills 0` leaves out the browser, `--seconds 0` everything else. Without `--seed` it is the clock's; it is printed.
 */
import { parseArgs } from 'node:util';
import { runPlaywright } from './e2e.mjs';
import { runNode, tools } from './project.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: process.env['TORTURE_SEED'] ?? String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: process.env['CRASH_KILLS'] ?? '200' },
    seconds: { type: 'string', default: process.env['TORTURE_SECONDS'] ?? '120' },
    workers: { type: 'string', default: process.env['TORTURE_WORKERS'] ?? '4' },
    calls: { type: 'string', default: process.env['FUZZ_CALLS'] ?? '1000000' },
  },
});
const kills = Number(values.kills);
const seconds = Number(values.seconds);
console.log(`torture: seed ${values.seed}, ${seconds} s, ${kills} kills of the browser`);

/** The tree, the bus and the calls, in node. */
function stress() {
  Object.assign(process.env, { TORTURE_SEED: values.seed, TORTURE_SECONDS: values.seconds, TORTURE_WORKERS: values.workers, FUZZ_CALLS: values.calls });
  return runNode([tools.vitest, 'run', 'src/shared/tree/torture.test.ts', 'src/shared/bus/bus.torture.test.ts', 'src/guest/wasi/preview1.fuzz.test.ts', 'src/guest/hostabi/host-abi.fuzz.test.ts', 'src/testing/authority.fuzz.test.ts'], { minutes: 10 + seconds / 30 });
}

/** The browser; a kill takes about five seconds. */
async function crash() {
  Object.assign(process.env, { CRASH_KILLS: values.kills, CRASH_SEED: values.seed });
  const built = await runNode([tools.vite, 'build', '--logLevel', 'warn']);
  if (built !== 0) return built;
  return runPlaywright(['crash/', '--project', 'page', '--no-deps', '--fully-parallel', '--global-timeout', '0'], { minutes: 10 + kills / 4 });
}

const codes = [seconds > 0 ? await stress() : 0, kills > 0 ? await crash() : 0];
process.exitCode = Math.max(...codes);
