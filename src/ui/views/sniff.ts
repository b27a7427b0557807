/** How a file can be shown. */
export type ViewMode = 'text' | 'hex' | 'image' | 'module';

export interface Sniffed {
  mode: ViewMode;
  /** Media type of an image. */
  image: string | null;
  /** All modes that make sense, the best one first. */
  modes: ViewMode[];
}

/** Bytes from the start of a file that are looked at. */
export const SNIFF_BYTES = 4096;

const IMAGES: { type: string; at: number; magic: string }[] = [
  { type: 'image/png', at: 0, magic: '\x89PNG\r\n\x1a\n' }, { type: 'image/jpeg', at: 0, magic: '\xff\xd8\xff' },
  { type: 'image/gif', at: 0, magic: 'GIF8' }, { type: 'image/webp', at: 8, magic: 'WEBP' },
  { type: 'image/avif', at: 4, magic: 'ftypavif' }, { type: 'image/avif', at: 4, magic: 'ftypavis' }, { type: 'image/bmp', at: 0, magic: 'BM' },
  { type: 'image/x-icon', at: 0, magic: '\x00\x00\x01\x00' },
];

/** Decides by content; the name only settles what content cannot (SVG is text). */
export function sniff(name: string, head: Uint8Array): Sniffed {
  const latin = Array.from(head.subarray(0, 16), (byte) => String.fromCharCode(byte)).join('');
  if (latin.startsWith('\0asm')) return { mode: 'module', image: null, modes: ['module', 'hex'] };
  const image = IMAGES.find(({ at, magic }) => latin.startsWith(magic, at) && (magic !== 'BM' || /\.bmp$/i.test(name)));
  if (image) return { mode: 'image', image: image.type, modes: ['image', 'hex'] };
  if (!looksLikeText(head)) return { mode: 'hex', image: null, modes: ['hex', 'text'] };
  if (/\.svg$/i.test(name)) return { mode: 'image', image: 'image/svg+xml', modes: ['image', 'text', 'hex'] };
  return { mode: 'text', image: null, modes: ['text', 'hex'] };
}

/** Valid UTF-8 (but for a sequence cut at the end), without NUL and with few other control characters. */
export function looksLikeText(head: Uint8Array): boolean {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return false;
  }
  if (text.includes('\0')) return false;
  // eslint-disable-next-line no-control-regex
  const odd = text.match(/[\u0001-\u0006\u000e-\u001a\u001c-\u001f\u007f]/g)?.length ?? 0;
  return odd <= text.length / 50;
}
