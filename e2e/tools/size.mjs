// @ts-check
/**
 * What a first visit loads before it shows anything: the entry script, the window's own code, all that they import at once, and
 * their styles, compressed. Fails over the budget in `budget.json`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dist } from './project.mjs';

/** @typedef {{ file: string, isEntry?: boolean, imports?: string[], css?: string[] }} Chunk */

/** What the entry script loads. */
const WINDOW = 'src/main.tsx';

/** @param {string} file */
const gzipBytes = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/**
 * @param {Record<string, Chunk>} manifest
 * @returns {Set<string>} the files of the entries, of the window that they load, and of their static imports
 */
function initialFiles(manifest) {
  /** @type {Set<string>} */
  const files = new Set();
  /** @param {Chunk | undefined} chunk */
  const add = (chunk) => {
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const key of chunk.imports ?? []) add(manifest[key]);
  };
  for (const chunk of Object.values(manifest)) if (chunk.isEntry) add(chunk);
  if (!manifest[WINDOW]) throw new Error(`${WINDOW} has no chunk of its own`);
  add(manifest[WINDOW]);
  return files;
}

/** @type {{ initialGzipBytes: number }} */
const budget = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'));
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const initial = initialFiles(manifest);
let total = 0;
for (const file of [...initial, 'isolate.js']) {
  const bytes = gzipBytes(file);
  total += bytes;
  console.log(`size: ${kilobytes(bytes).padStart(10)}  ${file}`);
}
for (const name of readdirSync(join(dist, 'assets')).filter((name) => /\.(js|css)$/.test(name))) {
  const file = `assets/${name}`;
  if (!initial.has(file)) console.log(`size: ${kilobytes(gzipBytes(file)).padStart(10)}  ${file} (later)`);
}
console.log(`size: ${kilobytes(total)} of ${kilobytes(budget.initialGzipBytes)} gzip at first`);
if (total > budget.initialGzipBytes) {
  console.error('size: over the budget of e2e/tools/budget.json');
  process.exitCode = 1;
}
