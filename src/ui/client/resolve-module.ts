import { FsError, basename, joinPath } from '../../shared/base/index.ts';

type Source = string | URL | BufferSource | WebAssembly.Module;
type Resolved = { module: WebAssembly.Module | Uint8Array | string; name: string };

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Turns what `run` takes into what `spawn` takes: URLs are fetched and compiled (`asBytes`: only fetched), other strings are namespace paths. */
export async function resolveModule(source: Source, name?: string, asBytes = false): Promise<Resolved> {
  if (source instanceof WebAssembly.Module) return { module: source, name: name ?? 'a.out' };
  if (source instanceof URL || (typeof source === 'string' && SCHEME.test(source))) {
    const url = new URL(source);
    return { module: await fetchModule(url, asBytes), name: name ?? (decodeURIComponent(basename(url.pathname)) || 'a.out') };
  }
  if (typeof source === 'string') return { module: joinPath('/', source), name: name ?? (basename(source) || 'a.out') };
  return { module: bytesOf(source), name: name ?? 'a.out' };
}

function bytesOf(source: BufferSource): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}

async function fetchModule(url: URL, asBytes: boolean): Promise<WebAssembly.Module | Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new FsError('EIO', 'fetch', url.href, { detail: 'could not be fetched (network, or not allowed from this page)', cause });
  }
  if (!response.ok) {
    throw new FsError(response.status === 404 ? 'ENOENT' : 'EIO', 'fetch', url.href, { detail: `the server answered ${response.status}` });
  }
  if (asBytes) return new Uint8Array(await response.arrayBuffer());
  try {
    const streams = response.headers.get('content-type')?.startsWith('application/wasm');
    return streams ? await WebAssembly.compileStreaming(response) : await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new FsError('ENOEXEC', 'compile', url.href, { detail: cause instanceof Error ? cause.message : String(cause), cause });
  }
}
