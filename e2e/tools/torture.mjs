// @ts-check
/**
 * The stress test of the shared tree, for longer than `npm test` has time: processes in real workers, some killed at random.
 * Then the calls of preview 1 with any arguments. `TORTURE_SECONDS` (120), `TORTURE_WORKERS` (4), `TORTURE_SEED` (of the clock),
 * `FUZZ_CALLS` (1 000 000).
 */
import { runNode, tools } from './project.mjs';

process.env['TORTURE_SECONDS'] ??= '120';
process.env['TORTURE_SEED'] ??= String(Date.now() % 1_000_000);
process.env['FUZZ_CALLS'] ??= '1000000';
console.log(`torture: ${process.env['TORTURE_SECONDS']} s, seed ${process.env['TORTURE_SEED']}`);
process.exitCode = await runNode([tools.vitest, 'run', 'src/shared/tree/torture.test.ts', 'src/guest/wasi/preview1.fuzz.test.ts']);
