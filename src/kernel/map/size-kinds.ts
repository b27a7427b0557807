const KINDS: Readonly<Record<string, readonly string[]>> = {
  programs: ['wasm', 'so', 'a', 'o'],
  code: ['c', 'h', 'cc', 'cpp', 'rs', 'go', 'py', 'pyc', 'rb', 'php', 'js', 'mjs', 'ts', 'tsx', 'sh', 'wat', 'wit', 'lua', 'java', 'css', 'html', 'htm', 'toml', 'yaml', 'yml', 'xml'],
  text: ['txt', 'md', 'rst', 'log', 'pdf', 'tex'],
  data: ['csv', 'tsv', 'json', 'jsonl', 'sqlite', 'sqlite3', 'db', 'parquet', 'bin', 'dat', 'npy'],
  images: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'ico', 'bmp'],
  media: ['mp3', 'wav', 'ogg', 'flac', 'mp4', 'webm', 'mov', 'mkv'],
  archives: ['zip', 'tar', 'gz', 'tgz', 'zst', 'xz', 'bz2', '7z'],
};
const BY_EXTENSION = new Map(Object.entries(KINDS).flatMap(([kind, extensions]) => extensions.map((extension) => [extension, kind] as const)));

/** A word for what a file is by its name: programs, code, text, data, images, media, archives, other. */
export function kindOfFile(name: string, inPrograms: boolean): string {
  const dot = name.lastIndexOf('.');
  if (dot <= 0) return inPrograms ? 'programs' : 'other';
  return BY_EXTENSION.get(name.slice(dot + 1).toLowerCase()) ?? 'other';
}
