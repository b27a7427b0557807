/**
 * The service worker: adds the headers of `headers` to every answer from this site, and keeps a copy of the page.
 *
 * - Files whose name holds a hash of their content are taken from the copy first.
 * - All else is taken from the network first, and from the copy when there is no network.
 * - Each build has a cache of its own. The one before it is kept, for pages that are still open and load lazily.
 *
 * The build puts its values in place of `null`: version, the files of the first screen, the rest, the headers, and which file is the kernel's worker, with
 * the policy that it has in the place of the page's: it alone may reach other sites.
 */
/** @type {{ version: string, shell: string[], rest: string[], headers: Record<string, string>, kernel: { path: string, policy: string } }} */
const build = null;

const prefix = `palimpsest:${new URL(registration.scope).pathname}:`;
const cacheName = prefix + (build?.version ?? 'none');
const hashed = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;
const scope = new URL(registration.scope);
const kernelWorker = new RegExp(build?.kernel.path ?? '$.');

addEventListener('install', (event) => {
  event.waitUntil(fill(build.shell).then(() => skipWaiting()));
});

addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => clients.claim()));
});

addEventListener('message', (event) => {
  if (event.data === 'complete-cache') event.waitUntil(fill(build.rest));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return;
  // A program's own request to this site: nothing that it asks for is kept, or given to the page later.
  if (request.cache === 'no-store') return;
  event.respondWith(answer(event, url));
});

/**
 * Puts what is missing into this build's cache. A file that cannot be had now does not stop the others: it is kept
 * when it is first used.
 */
async function fill(paths) {
  const cache = await caches.open(cacheName);
  const add = async (path) => {
    const url = new URL(path, scope);
    if (await cache.match(url)) return;
    const older = hashed.test(url.pathname) ? await caches.match(url) : undefined;
    if (older) await cache.put(url, older);
    else await cache.add(new Request(url, { cache: 'no-cache' }));
  };
  await Promise.allSettled(paths.map(add));
}

async function dropOldCaches() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
}

async function answer(event, url) {
  const key = url.pathname === new URL('index.html', scope).pathname ? scope.href : url.origin + url.pathname;
  const whole = !event.request.headers.has('range');
  if (whole && hashed.test(url.pathname)) {
    const kept = await caches.match(key);
    if (kept) return withHeaders(kept, url);
  }
  try {
    const response = await fetch(event.request);
    if (whole && response.status === 200) event.waitUntil(keep(key, response.clone()));
    return withHeaders(response, url);
  } catch (error) {
    const kept = (await (await caches.open(cacheName)).match(key)) ?? (await caches.match(key));
    if (kept) return withHeaders(kept, url);
    throw error;
  }
}

/** Keeps a copy. A full disk must not break the page, which has its answer already. */
async function keep(key, response) {
  try {
    const cache = await caches.open(cacheName);
    await cache.put(key, response);
  } catch (error) {
    console.warn('Not kept for offline use:', key, error);
  }
}

function withHeaders(response, { pathname }) {
  if (response.type === 'opaque' || response.type === 'opaqueredirect' || response.type === 'error') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(build.headers)) headers.set(name, value);
  if (kernelWorker.test(pathname)) headers.set('Content-Security-Policy', build.kernel.policy);
  const empty = [101, 204, 205, 304].includes(response.status);
  return new Response(empty ? null : response.body, { status: response.status, statusText: response.statusText, headers });
}
