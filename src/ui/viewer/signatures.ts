import type { ViewMode } from './view-mode.ts';

/** How the bytes of a kind of file begin. */
export interface Signature {
  mode: ViewMode;
  /** Media type, as the browser is told. */
  type: string;
  at: number;
  /** Bytes as Latin-1. */
  magic: string;
  /** The bytes alone are too few to tell: the name has to say the same. */
  name?: RegExp;
}

/** What a container holds when its own magic does not tell; looked for in the whole head. */
export interface Container {
  at: number;
  magic: string;
  /** The first one that is found in the head counts; an empty text is found always. */
  inside: readonly { text: string; mode: ViewMode; type: string }[];
}

export const SIGNATURES: readonly Signature[] = [
  { mode: 'module', type: 'application/wasm', at: 0, magic: '\0asm' },
  { mode: 'sqlite', type: 'application/vnd.sqlite3', at: 0, magic: 'SQLite format 3\0' },
  { mode: 'pdf', type: 'application/pdf', at: 0, magic: '%PDF-' },
  { mode: 'image', type: 'image/png', at: 0, magic: '\x89PNG\r\n\x1a\n' },
  { mode: 'image', type: 'image/jpeg', at: 0, magic: '\xff\xd8\xff' },
  { mode: 'image', type: 'image/gif', at: 0, magic: 'GIF8' },
  { mode: 'image', type: 'image/webp', at: 8, magic: 'WEBP' },
  { mode: 'image', type: 'image/avif', at: 4, magic: 'ftypavif' },
  { mode: 'image', type: 'image/avif', at: 4, magic: 'ftypavis' },
  { mode: 'image', type: 'image/x-icon', at: 0, magic: '\x00\x00\x01\x00' },
  { mode: 'image', type: 'image/bmp', at: 0, magic: 'BM', name: /\.bmp$/i },
  { mode: 'audio', type: 'audio/wav', at: 8, magic: 'WAVE' },
  { mode: 'audio', type: 'audio/flac', at: 0, magic: 'fLaC' },
  { mode: 'audio', type: 'audio/mpeg', at: 0, magic: 'ID3' },
  { mode: 'audio', type: 'audio/mpeg', at: 0, magic: '\xff\xfb', name: /\.mp3$/i },
  { mode: 'audio', type: 'audio/mpeg', at: 0, magic: '\xff\xf3', name: /\.mp3$/i },
  { mode: 'audio', type: 'audio/mpeg', at: 0, magic: '\xff\xf2', name: /\.mp3$/i },
  { mode: 'audio', type: 'audio/aac', at: 0, magic: '\xff\xf1', name: /\.aac$/i },
  { mode: 'audio', type: 'audio/aac', at: 0, magic: '\xff\xf9', name: /\.aac$/i },
  { mode: 'audio', type: 'audio/mp4', at: 4, magic: 'ftypM4A' },
  { mode: 'video', type: 'video/mp4', at: 4, magic: 'ftyp' },
];

export const CONTAINERS: readonly Container[] = [
  { at: 0, magic: 'OggS', inside: [{ text: '\x80theora', mode: 'video', type: 'video/ogg' }, { text: '', mode: 'audio', type: 'audio/ogg' }] },
  { at: 0, magic: '\x1a\x45\xdf\xa3', inside: [{ text: 'V_', mode: 'video', type: 'video/webm' }, { text: 'A_', mode: 'audio', type: 'audio/webm' }, { text: '', mode: 'video', type: 'video/webm' }] },
];
