// @ts-check
/**
 * Builds the page and serves it, as a host does that sends the right headers.
 *
 *     npm start [-- --port 4173] [--host] [--no-build]
 *
 * `--host` serves other machines too (browsers isolate the page there only over https).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { dist, root } from './project.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '4173' },
    host: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const port = Number(values.port);

/** @param {unknown} error */
function fail(error) {
  const message = error instanceof Error ? error.message : String(error);
  const taken = /is already in use|EADDRINUSE/.test(message);
  console.error(taken ? `Port ${port} is taken. Stop what listens there, or: npm start -- --port ${port + 1}` : message);
  process.exit(1);
}

try {
  if (!values['no-build']) await build({ root, logLevel: 'warn' });
  else if (!existsSync(join(dist, 'index.html'))) throw new Error(`Nothing is built in ${dist}: npm run build`);
  const server = await preview({ root, logLevel: 'warn', preview: { port, ...(values.host ? { host: true } : {}) } });
  const urls = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
  const addresses = urls.map((url) => url.replace(/\/$/, ''));
  console.log(`\n  Palimpsest is at  ${addresses.join('\n                    ')}\n\n  Stop it with Ctrl-C.\n`);
} catch (error) {
  fail(error);
}
