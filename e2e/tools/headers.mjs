/**
 * The headers that the page is served with, in one place for the servers, the service worker and the tests.
 *
 * COOP and COEP make the page cross-origin isolated, without which there is no shared memory. The policy lets nothing
 * come from or go to another origin, and lets no text become JavaScript; compiling wasm is allowed.
 *
 * One script has another policy: that of the kernel's worker, which makes the requests that the user granted to programs. A worker's
 * policy is that of its own script, so neither the page nor the workers in which programs run gain anything by it.
 */

const production = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  // The terminal sets its colours and sizes in style elements of its own.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** What hot reload needs on top: its inline preamble and its socket. */
const development = {
  ...production,
  'script-src': "'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  'connect-src': "'self' ws:",
};

/** The kernel's worker, as it is built and as the development server has it. */
const kernelWorker = /\/assets\/kernel\.worker-[\w-]{8}\.js$|\/src\/host\/kernel\.worker\.ts$/;
/** For the service worker, in which it is text. */
export const kernelWorkerPattern = kernelWorker.source;

/**
 * @param {'production' | 'development'} mode
 * @param {string} path of the file that is served, without its query
 */
export function contentSecurityPolicy(mode, path = '/') {
  const policy = mode === 'production' ? production : development;
  const kernel = kernelWorker.test(path) ? { 'connect-src': `${policy['connect-src']} https: http:` } : {};
  return Object.entries({ ...policy, ...kernel })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

/**
 * @param {'production' | 'development'} mode
 * @param {string} [path] of the file that is served, without its query
 * @returns {Record<string, string>}
 */
export function headers(mode, path) {
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Origin-Agent-Cluster': '?1',
    'Content-Security-Policy': contentSecurityPolicy(mode, path),
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/**
 * Serves each file with its headers.
 * @returns {import('vite').Plugin}
 */
export function servedHeaders() {
  /** @param {'production' | 'development'} mode @returns {import('vite').Connect.NextHandleFunction} */
  const sets = (mode) => (request, response, next) => {
    const path = (request.url ?? '/').replace(/[?#].*$/, '');
    for (const [name, value] of Object.entries(headers(mode, path))) response.setHeader(name, value);
    next();
  };
  return {
    name: 'served-headers',
    configureServer: (server) => void server.middlewares.use(sets('development')),
    configurePreviewServer: (server) => void server.middlewares.use(sets('production')),
  };
}
