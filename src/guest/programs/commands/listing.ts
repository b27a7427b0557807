import { FileType } from '../../../shared/abi/index.ts';
import { joinPath } from '../../../shared/base/index.ts';
import { printable, textWidth } from '../line/index.ts';
import type { DirectoryItem } from '../shell/index.ts';
import { forEach, options, type Builtin, type Invocation } from './command.ts';

const COLOURS: Readonly<Record<number, string>> = {
  [FileType.DIRECTORY]: '1;34', [FileType.SYMBOLIC_LINK]: '36', [FileType.CHARACTER_DEVICE]: '33',
};
const LETTERS: Readonly<Record<number, string>> = {
  [FileType.DIRECTORY]: 'd', [FileType.SYMBOLIC_LINK]: 'l', [FileType.CHARACTER_DEVICE]: 'c', [FileType.BLOCK_DEVICE]: 'b',
};

function shown({ out }: Invocation, { name, type }: DirectoryItem): string {
  const text = printable(name);
  const colour = COLOURS[type] ?? (name.endsWith('.wasm') ? '32' : null);
  return colour === null ? text : out.colour(colour, text);
}

/** Columns from top to bottom, as many as the terminal has room for. */
function columns(invocation: Invocation, items: readonly DirectoryItem[]): void {
  const { out, shell } = invocation;
  const width = Math.max(...items.map(({ name }) => textWidth(printable(name)))) + 2;
  const across = Math.max(1, Math.floor(shell.columns / width));
  const rows = Math.ceil(items.length / across);
  for (let row = 0; row < rows; row++) {
    let line = '';
    for (let at = row; at < items.length; at += rows) {
      const item = items[at]!;
      const last = at + rows >= items.length;
      line += shown(invocation, item) + (last ? '' : ' '.repeat(width - textWidth(printable(item.name))));
    }
    out.line(line);
  }
}

function date(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

function long(invocation: Invocation, base: string, items: readonly DirectoryItem[]): void {
  const { files } = invocation.shell;
  const rows = items.map((item) => {
    const path = joinPath(base, item.name);
    const info = files.tryStat(path, false);
    const target = item.type === FileType.SYMBOLIC_LINK && info ? ` -> ${printable(files.readlink(path))}` : '';
    return { item, info, target };
  });
  const width = Math.max(0, ...rows.map(({ info }) => String(info?.size ?? '?').length));
  for (const { item, info, target } of rows) {
    const size = String(info?.size ?? '?').padStart(width);
    const when = info ? date(info.mtime) : '?'.padEnd(16);
    invocation.out.line(`${LETTERS[item.type] ?? '-'} ${size}  ${when}  ${shown(invocation, item)}${target}`);
  }
}

function show(invocation: Invocation, flags: ReadonlySet<string>, base: string, items: readonly DirectoryItem[]): void {
  if (items.length === 0) return;
  if (flags.has('l')) long(invocation, base, items);
  else if (flags.has('1') || !invocation.out.terminal) items.forEach((item) => invocation.out.line(shown(invocation, item)));
  else columns(invocation, items);
}

function listDirectory(invocation: Invocation, flags: ReadonlySet<string>, path: string): void {
  const { files } = invocation.shell;
  const items = files.list(path).filter(({ name }) => flags.has('a') || !name.startsWith('.'));
  const dots = flags.has('a') ? ['.', '..'].map((name) => ({ name, type: FileType.DIRECTORY })) : [];
  show(invocation, flags, files.resolve(path), [...dots, ...items]);
}

export const ls: Builtin = {
  usage: '[-la1] [path …]',
  summary: 'list directories',
  run(invocation) {
    const { flags, rest } = options(invocation.args, 'la1h');
    const { files } = invocation.shell;
    const paths = rest.length === 0 ? ['.'] : rest;
    return forEach(invocation, paths, (path) => {
      const { type } = files.stat(path, !flags.has('l'));
      if (type !== FileType.DIRECTORY) {
        show(invocation, flags, files.cwd, [{ name: path, type }]);
        return;
      }
      if (paths.length > 1) invocation.out.line(`${printable(path)}:`);
      listDirectory(invocation, flags, path);
    });
  },
};
