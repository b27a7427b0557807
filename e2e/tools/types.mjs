// @ts-check
/** Checks every realm against the globals that it has. */
import { runNode, tools } from './project.mjs';

const programs = ['src/shared', 'src/kernel', 'src/host', 'src/guest', 'tsconfig.json', 'e2e'];

let failed = 0;
for (const program of programs) {
  if ((await runNode([tools.tsc, '-p', program])) === 0) continue;
  console.error(`types: ${program} does not compile`);
  failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
