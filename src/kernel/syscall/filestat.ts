import type { NodeStat } from '../contract/index.ts';
import { FileType, type NodeKind } from '../../shared/abi/index.ts';

const TYPES: Readonly<Record<NodeKind, number>> = {
  file: FileType.REGULAR_FILE, directory: FileType.DIRECTORY, symlink: FileType.SYMBOLIC_LINK,
  device: FileType.CHARACTER_DEVICE, pipe: FileType.UNKNOWN, socket: FileType.SOCKET_STREAM,
};

export function fileType(kind: NodeKind): number {
  return TYPES[kind];
}

/** Preview 1's `filestat`: 64 bytes, little endian; dev, ino, filetype, nlink, size, atim, mtim, ctim. */
export function encodeFilestat(stat: NodeStat): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(stat.dev), true);
  view.setBigUint64(8, BigInt(stat.ino), true);
  view.setUint8(16, fileType(stat.kind));
  view.setBigUint64(24, BigInt(stat.nlink), true);
  view.setBigUint64(32, BigInt(stat.size), true);
  view.setBigUint64(40, stat.atime, true);
  view.setBigUint64(48, stat.mtime, true);
  view.setBigUint64(56, stat.ctime, true);
  return bytes;
}
