import type { Manifest, ManifestEntry } from '../../kernel/contract/index.ts';

/** Reads the manifest of the base layer at `url`; rejects with a plain Error if it is not to be had. */
export async function fetchManifest(url: URL): Promise<Manifest> {
  return (await fetchOk(url)).json() as Promise<Manifest>;
}

/** Fetches the files of a manifest, relative to its own address, and decodes gzip. */
export function baseFetcher(manifest: URL): (entry: ManifestEntry) => Promise<Uint8Array> {
  return async (entry) => {
    if (entry.url === undefined) throw new Error(`${entry.path} has no url in the manifest`);
    const response = await fetchOk(new URL(entry.url, manifest));
    const bytes = new Uint8Array(await response.arrayBuffer());
    return entry.encoding === 'gzip' ? decodeGzip(bytes) : bytes;
  };
}

/**
 * A server may have declared the file's own compression as `Content-Encoding`, in which case the browser has decoded it:
 * only bytes that begin as gzip does are decoded here.
 */
async function decodeGzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const decoded = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(decoded).arrayBuffer());
}

/** SHA-256 of `bytes`, as hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function fetchOk(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: the server answered ${response.status}`);
  return response;
}
