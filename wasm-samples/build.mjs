/**
 * `npm run samples [NAME…]`: rebuilds each sample whose toolchain is found into public/samples (compressed where big), copies the
 * files of the base layer there and writes its manifest, public/samples/index.json. A sample whose toolchain is
 * missing is skipped, and its committed binary stays. The same toolchains give the same bytes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildConformance } from './conformance/build.mjs';
import { BASE_TIME, COMPRESS_ABOVE, benchGuest, directories, files, samples, testGuests } from './samples.mjs';
import { optimise, toolchains } from './toolchains.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const top = dirname(here);
const target = join(top, 'public/samples');

/** Where the bytes of a sample are, and how they are stored there; undefined when it was never built. */
function stored(name) {
  for (const [url, encoding] of [[`${name}.wasm`, 'identity'], [`${name}.wasm.gz`, 'gzip']]) {
    if (existsSync(join(target, url))) return { url, encoding };
  }
  return undefined;
}

function contents({ url, encoding }) {
  const bytes = readFileSync(join(target, url));
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}

function write(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Keeps the stored file when the binary is the same, so that another version of zlib changes nothing. */
function store(name, binary) {
  const before = stored(name);
  if (before && contents(before).equals(binary)) return;
  if (before) rmSync(join(target, before.url));
  if (binary.length > COMPRESS_ABOVE) write(join(target, `${name}.wasm.gz`), gzipSync(binary, { level: 9 }));
  else write(join(target, `${name}.wasm`), binary);
}

const found = new Map();

function toolchainOf(name) {
  if (!found.has(name)) found.set(name, toolchains[name].find());
  return found.get(name);
}

/** Returns the binary, or undefined (and says why) when it cannot be built here. */
function build(sample, work) {
  const { name, toolchain, level } = sample;
  const tool = toolchainOf(toolchain);
  if (tool === undefined) return void console.log(`skipped  ${name}: needs ${toolchains[toolchain].needs}`);
  const output = join(work, `${name}.wasm`);
  toolchains[toolchain].build(tool, { name, level, output, directory: join(here, name) });
  optimise(output);
  const binary = readFileSync(output);
  console.log(`built    ${name}: ${binary.length} bytes`);
  return binary;
}

function buildAll(wanted) {
  const work = mkdtempSync(join(tmpdir(), 'samples-'));
  let failures = 0;
  for (const sample of [...samples, benchGuest, ...testGuests]) {
    if (wanted.length > 0 && !wanted.includes(sample.name)) continue;
    try {
      const binary = build(sample, work);
      if (binary === undefined) continue;
      if (sample.output) write(join(top, sample.output), binary);
      else store(sample.name, binary);
    } catch (error) {
      failures++;
      console.error(`failed   ${sample.name}: ${error.message}`);
    }
  }
  rmSync(work, { recursive: true });
  return failures;
}

function fileEntry(path, { url, encoding }, about) {
  const bytes = contents({ url, encoding });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, kind: 'file', size: bytes.length, mtime: BASE_TIME, url, encoding, sha256, about };
}

function copyFiles() {
  for (const { path } of files) write(join(target, 'files', path), readFileSync(join(here, 'namespace', path)));
}

function manifestEntries() {
  const programs = samples.flatMap(({ name, about }) => {
    const where = stored(name);
    return where ? [fileEntry(`/bin/${name}`, where, about)] : [];
  });
  const texts = files.map(({ path, about }) => fileEntry(path, { url: `files${path}`, encoding: 'identity' }, about));
  const folders = directories.map((path) => ({ path, kind: 'directory', mtime: BASE_TIME }));
  return [...folders, ...programs, ...texts].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function writeManifest() {
  const lines = manifestEntries().map((entry) => `    ${JSON.stringify(entry)}`);
  write(join(target, 'index.json'), `{\n  "version": 1,\n  "entries": [\n${lines.join(',\n')}\n  ]\n}\n`);
  console.log(`wrote    public/samples/index.json: ${lines.length} entries`);
}

const wanted = process.argv.slice(2);
const failures = buildAll(wanted) + (wanted.length === 0 || wanted.includes('conformance') ? buildConformance() : 0);
copyFiles();
writeManifest();
process.exitCode = failures > 0 ? 1 : 0;
