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

/** A part of the base layer that is fetched when it is first used: for people. */
export interface ManifestLayer {
  name: string;
  /** Names that it has in `/bin`. */
  programs: number;
  /** Bytes, decoded. */
  size: number;
  /** Bytes, as fetched. */
  download: number;
}

export interface Manifest {
  version: 1;
  entries: ManifestEntry[];
  layers?: ManifestLayer[];
}
