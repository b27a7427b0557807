import { CONTAINERS, SIGNATURES } from './signatures.ts';
import type { ViewMode } from './view-mode.ts';

export interface Sniffed {
  mode: ViewMode;
  /** Media type, where the bytes or the name tell one; null for plain text and unknown bytes. */
  type: string | null;
  /** All modes that make sense, the best one first. */
  modes: ViewMode[];
}

/** Bytes from the start of a file that are looked at. */
export const SNIFF_BYTES = 4096;

/** Texts that are more than text, by name: what else shows them, and whether that comes first. */
const TEXTS: readonly { name: RegExp; type: string; mode: ViewMode; first: boolean }[] = [
  { name: /\.svg$/i, type: 'image/svg+xml', mode: 'image', first: true },
  { name: /\.x?html?$/i, type: 'text/html', mode: 'page', first: false },
  { name: /\.csv$/i, type: 'text/csv', mode: 'table', first: true },
  { name: /\.(tsv|tab)$/i, type: 'text/tab-separated-values', mode: 'table', first: true },
  { name: /\.(json|geojson|ipynb|webmanifest|map)$/i, type: 'application/json', mode: 'tree', first: false },
  { name: /\.(jsonl|ndjson)$/i, type: 'application/x-ndjson', mode: 'tree', first: false },
  { name: /\.ya?ml$/i, type: 'application/yaml', mode: 'tree', first: false },
];

const MARKUP = /^\s*(?:<!--[^]*?-->\s*)*<(?:!doctype html|html)[\s>]/i;

/** Decides by content; the name only settles what content cannot (most kinds of text). */
export function sniff(name: string, head: Uint8Array): Sniffed {
  const found = binaryKind(name, head);
  if (found) return { mode: found.mode, type: found.type, modes: [found.mode, 'hex'] };
  if (!looksLikeText(head)) return { mode: 'hex', type: null, modes: ['hex', 'text'] };
  const kind = TEXTS.find((each) => each.name.test(name)) ?? (MARKUP.test(latinOf(head, 1024)) ? TEXTS.find(({ mode }) => mode === 'page') : undefined);
  if (!kind || head.length === 0) return { mode: 'text', type: kind?.type ?? null, modes: ['text', 'hex'] };
  const modes: ViewMode[] = kind.first ? [kind.mode, 'text', 'hex'] : ['text', kind.mode, 'hex'];
  return { mode: modes[0] ?? 'text', type: kind.type, modes };
}

function latinOf(bytes: Uint8Array, length: number): string {
  let latin = '';
  for (const byte of bytes.subarray(0, length)) latin += String.fromCharCode(byte);
  return latin;
}

function binaryKind(name: string, head: Uint8Array): { mode: ViewMode; type: string } | undefined {
  const latin = latinOf(head, 16);
  const container = CONTAINERS.find(({ at, magic }) => latin.startsWith(magic, at));
  if (container) {
    const whole = latinOf(head, SNIFF_BYTES);
    return container.inside.find(({ text }) => whole.includes(text));
  }
  return SIGNATURES.find((each) => latin.startsWith(each.magic, each.at) && (each.name === undefined || each.name.test(name)));
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
