/** Builds `paths` in its three languages into `bin/` here, the one in Go compressed. What cannot be built stays as it is committed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { toolchains } from '../toolchains.mjs';

const here = import.meta.dirname;

function build(language, work) {
  const toolchain = toolchains[language];
  const tool = toolchain.find();
  if (!tool) return console.log(`skipped  paths/${language}: needs ${toolchain.needs}`);
  const output = join(work, `${language}.wasm`);
  toolchain.build(tool, { name: `paths-${language}`, directory: join(here, language), output });
  const bytes = readFileSync(output);
  const [name, stored] = language === 'go' ? ['go.wasm.gz', gzipSync(bytes, { level: 9 })] : [`${language}.wasm`, bytes];
  writeFileSync(join(here, 'bin', name), stored);
  console.log(`built    paths/${language}: ${stored.length} bytes`);
}

/** Returns the number of languages whose build failed. */
export function buildPaths() {
  const work = mkdtempSync(join(tmpdir(), 'paths-'));
  mkdirSync(join(here, 'bin'), { recursive: true });
  let failures = 0;
  for (const language of ['c', 'rust', 'go']) {
    try {
      build(language, work);
    } catch (error) {
      failures++;
      console.error(`failed   paths/${language}: ${error.message}`);
    }
  }
  rmSync(work, { recursive: true });
  return failures;
}
