/** What this browser lacks, in words for the user; empty when everything is there. */
export function missingFeatures(scope: typeof globalThis = globalThis): { title: string; remedy: string }[] {
  const missing: { title: string; remedy: string }[] = [];
  if (typeof WebAssembly === 'undefined') {
    missing.push({ title: 'WebAssembly is switched off', remedy: 'Allow WebAssembly (some “lockdown” modes forbid it), then reload.' });
  }
  if (typeof scope.SharedArrayBuffer === 'undefined' || !scope.crossOriginIsolated) {
    missing.push({
      title: 'This page is not cross-origin isolated',
      remedy: scope.isSecureContext
        ? 'Reload once: the service worker then adds the headers. If that does not help, allow service workers for this site (private windows often forbid them), or serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.'
        : 'Open it over https:// or from http://localhost: shared memory is only given to secure pages.',
    });
  }
  if (typeof scope.indexedDB === 'undefined') {
    missing.push({ title: 'IndexedDB is not available', remedy: 'Allow site data for this address: the workspace is kept there.' });
  }
  return missing;
}
