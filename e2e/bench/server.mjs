// Serves the bundle of peers and floors, the guest programs and the packages as installed, cross-origin isolated.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

async function fileFor(roots, pathname) {
  const prefix = Object.keys(roots).find((key) => pathname.startsWith(key));
  if (prefix === undefined) return null;
  const file = path.join(roots[prefix], pathname.slice(prefix.length) || 'index.html');
  if (!file.startsWith(roots[prefix])) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? file : null;
}

async function answer(roots, request, response) {
  const file = await fileFor(roots, decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  if (file === null) return response.writeHead(404).end();
  response.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

/**
 * @param {Record<string, string>} roots URL prefix (ending in `/`) → folder; the first that fits is used
 * @returns {Promise<{url: string, close: () => void}>}
 */
export async function serve(roots) {
  const server = createServer((request, response) => void answer(roots, request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
