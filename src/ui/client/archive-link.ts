import type { KernelApi } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';

/** Characters of a link, at most: what browsers, chats and mail take. */
export const LINK_MAX = 32 * 1024;
/** Before the archive, in the part of the address that is never sent to a server. */
const PREFIX = '#w=';

/** This page's address with a file or folder in its fragment: a tar.gz in base64url. */
export async function encodeLink(api: KernelApi, path: string, page: string = location.href): Promise<string> {
  const { id, bytes } = await api.archiveExport({ what: { folder: path }, format: 'tar.gz', coarse: true });
  const start = `${page.replace(/#.*$/, '')}${PREFIX}`;
  const most = Math.floor((LINK_MAX - start.length) * 3 / 4);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = receiveBytes(bytes!).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > most) {
      await api.archiveStop(id);
      await reader.cancel();
      await api.archiveResult(id).catch(() => undefined);
      throw new FsError('EFBIG', 'link', path, { detail: `packed it is over ${Math.floor(most / 1024)} KiB, which no link can carry; export it as a file` });
    }
    parts.push(part.value as Uint8Array<ArrayBuffer>);
  }
  await api.archiveResult(id);
  return start + toBase64Url(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/** The archive that an address carries; null for none, or what is no base64url. */
export function decodeLink(hash: string): Blob | null {
  if (!hash.startsWith(PREFIX) || hash.length > LINK_MAX) return null;
  const text = hash.slice(PREFIX.length);
  if (text === '' || !/^[\w-]+$/.test(text)) return null;
  try {
    return new Blob([Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))]);
  } catch {
    return null;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
