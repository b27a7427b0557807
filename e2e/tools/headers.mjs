/**
 * The headers that the page is served with, in one place for the servers, the service worker and the tests.
 *
 * COOP and COEP make the page cross-origin isolated, without which there is no shared memory. The policy lets nothing
 * come from or go to another origin, and lets no text become JavaScript; compiling wasm is allowed.
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

/** @param {'production' | 'development'} mode */
export function contentSecurityPolicy(mode) {
  const policy = mode === 'production' ? production : development;
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

/**
 * @param {'production' | 'development'} mode
 * @returns {Record<string, string>}
 */
export function headers(mode) {
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Origin-Agent-Cluster': '?1',
    'Content-Security-Policy': contentSecurityPolicy(mode),
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
