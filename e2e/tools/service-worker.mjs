// @ts-check
/** Completes the built service worker: which files to keep, under which version, and the headers to add. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { contentSecurityPolicy, headers, kernelWorkerPattern } from './headers.mjs';
import { FIRST } from './preload.mjs';

const never = /(\.map$|^\.|\/\.|^sw\.js$)/;
/** Fetched when the page has settled: what only some visits use. What workers of viewers load by themselves is not in the manifest. */
const rare = /^(samples|commands)\/(?!index\.json$)|\.png$|^assets\/(yaml|sql-wasm-browser|pdf\.worker[\w.]*)-/;

/**
 * The chunks that the page loads when something is opened; with what they import, where nothing of the first screen does.
 * @param {string} folder
 * @returns {Set<string>}
 */
function lazyFiles(folder) {
  /** @type {Record<string, { file: string, isEntry?: boolean, css?: string[], assets?: string[], imports?: string[] }>} */
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
  /** @param {{ file: string, css?: string[], assets?: string[] }} chunk */
  const filesOfChunk = ({ file, css = [], assets = [] }) => [file, ...css, ...assets];
  /** @type {Set<string>} */
  const first = new Set();
  /** @param {string} key */
  const add = (key) => {
    const chunk = manifest[key];
    if (!chunk || first.has(chunk.file)) return;
    for (const file of filesOfChunk(chunk)) first.add(file);
    for (const other of chunk.imports ?? []) add(other);
  };
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry || FIRST.some((path) => `/${key}`.endsWith(path))) add(key);
  return new Set(Object.values(manifest).flatMap(filesOfChunk).filter((file) => !first.has(file)));
}

/**
 * @param {string} folder
 * @returns {string[]} paths with `/`, in order
 */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !never.test(path))
    .sort();
}

/**
 * The values for the service worker of the build in `folder`. The version changes with any file and any header.
 * @param {string} folder
 */
export function precacheValues(folder) {
  const files = filesOf(folder);
  const lazy = lazyFiles(folder);
  const kernel = { path: kernelWorkerPattern, policy: contentSecurityPolicy('production', '/assets/kernel.worker-00000000.js') };
  const hash = createHash('sha256').update(JSON.stringify([headers('production'), kernel]));
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  /** @param {(file: string) => boolean} wanted */
  const urls = (wanted) => files.filter(wanted).map((file) => (file === 'index.html' ? './' : encodeURI(file)));
  /** @param {string} file */
  const later = (file) => rare.test(file) || lazy.has(file);
  return {
    version: hash.digest('hex').slice(0, 16),
    shell: urls((file) => !later(file)),
    rest: urls(later),
    headers: headers('production'),
    kernel,
  };
}

/** @returns {import('vite').Plugin[]} */
export function serviceWorker() {
  return [
    {
      name: 'service-worker',
      apply: 'build',
      writeBundle: {
        order: 'post',
        handler({ dir }) {
          if (!dir) return;
          const file = join(dir, 'sw.js');
          const source = readFileSync(file, 'utf8');
          const values = JSON.stringify(precacheValues(dir));
          const built = source.replace('const build = null;', () => `const build = ${values};`);
          if (built === source) throw new Error('public/sw.js has no place for the values of the build');
          writeFileSync(file, built);
        },
      },
    },
    {
      // The development server sends the headers itself, and a cache would only hide changes.
      name: 'no-service-worker-in-development',
      apply: 'serve',
      transformIndexHtml: (html) => html.replace(/<script[^>]*isolate\.js[^>]*><\/script>/, ''),
    },
  ];
}
