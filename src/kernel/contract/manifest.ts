/** One line of `public/samples/index.json`. */
export interface ManifestEntry {
  /** Absolute or not; `/bin/hello.wasm`. Parents that are not listed are made. */
  path: string;
  kind: 'file' | 'directory' | 'symlink';
  /** Bytes, decoded. */
  size?: number;
  /** Milliseconds since the epoch. */
  mtime?: number;
  /** Of a file, relative to the manifest. */
  url?: string;
  encoding?: 'gzip' | 'identity';
  /** Hex, of the decoded bytes. */
  sha256?: string;
  /** Of a symlink. */
  target?: string;
  about?: string;
}

export interface Manifest {
  version: 1;
  entries: ManifestEntry[];
}
