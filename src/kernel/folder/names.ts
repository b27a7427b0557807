import { FsError } from '../../shared/base/index.ts';

/** As a system that takes no notice of case and normal form compares names. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');

export function splitPath(path: string): { dir: string; name: string } {
  const cut = path.lastIndexOf('/');
  return { dir: cut < 0 ? '' : path.slice(0, cut), name: path.slice(cut + 1) };
}

export const inside = (dir: string, name: string): string => (dir === '' ? name : `${dir}/${name}`);

/** Names of a disk that a tree cannot hold, or not as they are: null if it can. */
export function foreignNameProblem(name: string): string | null {
  if (!name.isWellFormed()) return 'the name is not valid Unicode';
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return 'no name of a file';
  return new TextEncoder().encode(name).length > 255 ? 'the name is longer than 255 bytes' : null;
}

/** `notes (palimpsest).txt` for `notes.txt`: where the workspace's side is written beside the folder's. */
export function besideName(name: string, taken: (name: string) => boolean): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let count = 1; ; count++) {
    const beside = `${stem} (palimpsest${count === 1 ? '' : ` ${count}`})${extension}`;
    if (!taken(beside)) return beside;
  }
}

const MOUNT_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

export function checkMountName(operation: string, name: unknown): asserts name is string {
  if (typeof name === 'string' && MOUNT_NAME.test(name)) return;
  throw new FsError('EINVAL', operation, typeof name === 'string' ? name : undefined, { detail: 'a folder\'s name here is made of at most 64 letters, digits, `.`, `_` and `-`, and does not begin with `.`' });
}
