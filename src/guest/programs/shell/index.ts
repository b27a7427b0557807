export { Files, type DirectoryItem, type FileInfo } from './files.ts';
export { Output, Shell } from './shell.ts';
export { expandWord, type Expansion } from './expand.ts';
export { ParseError, parseLine, type Command, type Redirect, type Word } from './parse.ts';
export { graphemes, graphemeWidth, printable, textWidth } from '../line/index.ts';
