export { CAPTURE_MAX } from './capture.ts';
export { Files, type DirectoryItem, type FileInfo } from './files.ts';
export { OWN_FDS, signalName, System } from './system.ts';
export { decodeText, encodeText } from './text.ts';
