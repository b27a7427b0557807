/** Bytes of a file, and where they belong in it. */
export interface Piece {
  at: number;
  bytes: Uint8Array;
}

/** One member of an archive, in the archive's order. */
export interface Member {
  /** As the archive has it; null where it is not UTF-8. */
  name: string | null;
  /** For people, where `name` is null. */
  label: string;
  /** `other`: a device, a pipe, or what has no meaning here; `why` says what. */
  kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';
  why?: string;
  /** Bytes of the file, holes included. */
  size: number;
  /** Of a link: to another member for `hardlink`. Null where it is not UTF-8. */
  target?: string | null;
  /** Nanoseconds since the epoch. */
  mtime?: bigint;
  atime?: bigint;
  /**
   * The file's bytes in order; what no piece covers is a hole. To be read before the next member is asked for, or not at all. A piece's
   * bytes are valid until the next one.
   * @throws EBADMSG when the contents are damaged
   */
  pieces(): AsyncIterable<Piece>;
  /** What `pieces` throws concerns this member alone: the archive can be read on. */
  independent?: boolean;
}

/** What a palimpsest export says of itself. */
export interface ArchiveFacts {
  /** `workspace` and `layer`: names that begin with `.wh.` are whiteouts. */
  kind?: string;
}

export const NO_PIECES = async function* noPieces(): AsyncGenerator<Piece> {};
