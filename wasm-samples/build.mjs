/**
 * `npm run samples [NAME…]`: rebuilds each sample whose toolchain is found into public/samples (compressed where big) and each
 * set of commands into public/commands (always compressed), copies the files of the base layer and writes its manifest,
 * public/samples/index.json. What lacks its toolchain is skipped, and its committed binary stays. The same
 * toolchains give the same bytes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildConformance } from './conformance/build.mjs';
import { crates } from './commands/cargo.mjs';
import { sets } from './commands/commands.mjs';
import { BASE_TIME, COMPRESS_ABOVE, benchGuest, directories, files, samples, testGuests } from './samples.mjs';
import { optimise, toolchains as languages } from './toolchains.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const top = dirname(here);
const target = join(top, 'public/samples');
const toolchains = { ...languages, crates };

/** Where the bytes of a sample or set are (from the manifest), and how they are stored there; undefined when it was never built. */
function stored(name) {
  for (const [url, encoding] of [[`${name}.wasm`, 'identity'], [`${name}.wasm.gz`, 'gzip'], [`../commands/${name}.wasm.gz`, 'gzip']]) {
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
function store({ name, commands }, binary) {
  const before = stored(name);
  if (before && contents(before).equals(binary)) return;
  if (before) rmSync(join(target, before.url));
  const plain = !commands && binary.length <= COMPRESS_ABOVE;
  const folder = commands ? '../commands/' : '';
  write(join(target, `${folder}${name}.wasm${plain ? '' : '.gz'}`), plain ? binary : gzipSync(binary, { level: 9 }));
}

const found = new Map();

function toolchainOf(name) {
  if (!found.has(name)) found.set(name, toolchains[name].find());
  return found.get(name);
}

/** Returns the binary, or undefined (and says why) when it cannot be built here. */
function build(sample, work) {
  const { name, toolchain, level, commands, optimisation, folder = commands ? `commands/${name}` : name, sources } = sample;
  const tool = toolchainOf(toolchain);
  if (tool === undefined) return void console.log(`skipped  ${name}: needs ${toolchains[toolchain].needs}`);
  const output = join(work, `${name}.wasm`);
  toolchains[toolchain].build(tool, { name, level, output, sources, directory: join(here, folder) });
  optimise(output, optimisation);
  const binary = readFileSync(output);
  console.log(`built    ${name}: ${binary.length} bytes`);
  return binary;
}

function buildAll(wanted) {
  const work = mkdtempSync(join(tmpdir(), 'samples-'));
  let failures = 0;
  for (const sample of [...samples, benchGuest, ...testGuests, ...sets]) {
    if (wanted.length > 0 && !wanted.includes(sample.name)) continue;
    try {
      const binary = build(sample, work);
      if (binary === undefined) continue;
      if (sample.output) write(join(top, sample.output), sample.output.endsWith('.gz') ? gzipSync(binary, { level: 9 }) : binary);
      else store(sample, binary);
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

/** A set and the names of its commands. */
function setEntries({ name, about, commands }) {
  const where = stored(name);
  if (!where) return [];
  const links = Object.entries(commands).map(([command, line]) => ({ path: `/bin/${command}`, kind: 'symlink', target: name, mtime: BASE_TIME, about: line }));
  return [fileEntry(`/bin/${name}`, where, about), ...links];
}

function manifestEntries() {
  const programs = samples.flatMap(({ name, about }) => {
    const where = stored(name);
    return where ? [fileEntry(`/bin/${name}`, where, about)] : [];
  });
  const texts = files.map(({ path, about }) => fileEntry(path, { url: `files${path}`, encoding: 'identity' }, about));
  const folders = directories.map((path) => ({ path, kind: 'directory', mtime: BASE_TIME }));
  return [...folders, ...programs, ...sets.flatMap(setEntries), ...texts].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What the commands weigh together: for people. */
function commandLayer() {
  const built = sets.flatMap(({ name, commands }) => {
    const where = stored(name);
    return where ? [{ programs: Object.keys(commands).length, size: contents(where).length, download: statSync(join(target, where.url)).size }] : [];
  });
  const sum = (key) => built.reduce((total, set) => total + set[key], 0);
  return { name: 'commands', programs: sum('programs'), size: sum('size'), download: sum('download') };
}

function writeManifest() {
  const lines = manifestEntries().map((entry) => `    ${JSON.stringify(entry)}`);
  write(join(target, 'index.json'), `{\n  "version": 1,\n  "layers": [${JSON.stringify(commandLayer())}],\n  "entries": [\n${lines.join(',\n')}\n  ]\n}\n`);
  console.log(`wrote    public/samples/index.json: ${lines.length} entries`);
}

const wanted = process.argv.slice(2);
const failures = buildAll(wanted) + (wanted.length === 0 || wanted.includes('conformance') ? buildConformance() : 0);
copyFiles();
writeManifest();
process.exitCode = failures > 0 ? 1 : 0;
