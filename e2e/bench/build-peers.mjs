import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = path.dirname(fileURLToPath(import.meta.url));
const stubs = path.join(here, 'peers/node-stubs.js');

/** Node modules that memfs imports → what stands for them in a browser. */
const alias = [
  { find: /^(node:)?buffer$/, replacement: 'buffer/' },
  { find: /^(node:)?events$/, replacement: 'events/' },
  { find: /^(node:)?path$/, replacement: 'path-browserify' },
  { find: /^(node:)?(stream|stream\/web|url|net|crypto|process)$/, replacement: stubs },
];

/** Bundles the page of peers and floors into `outDir`. */
export async function buildPeers(outDir) {
  await build({
    configFile: false,
    root: path.join(here, 'peers'),
    logLevel: 'warn',
    resolve: { alias },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'esnext', chunkSizeWarningLimit: 4096 },
  });
}
