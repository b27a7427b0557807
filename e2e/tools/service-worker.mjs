// @ts-check
/** Completes the built service worker: which files to keep, under which version, and the headers to add. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { contentSecurityPolicy, headers, kernelWorkerPattern } from './headers.mjs';

const never = /(\.map$|^\.|\/\.|^sw\.js$)/;
/** Fetched when the page has settled: what only some visits use. */
const later = /^(samples|commands)\/(?!index\.json$)|\.png$/;

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
  const kernel = { path: kernelWorkerPattern, policy: contentSecurityPolicy('production', '/assets/kernel.worker-00000000.js') };
  const hash = createHash('sha256').update(JSON.stringify([headers('production'), kernel]));
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  const urls = files.map((file) => (file === 'index.html' ? './' : encodeURI(file)));
  return {
    version: hash.digest('hex').slice(0, 16),
    shell: urls.filter((url) => !later.test(url)),
    rest: urls.filter((url) => later.test(url)),
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
