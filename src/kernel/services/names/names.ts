import { FsError, NAME_MAX } from '../../../shared/base/index.ts';

/** Bytes of `text` in UTF-8; a lone surrogate counts as U+FFFD, 3 bytes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdbff || !isLowSurrogate(text.charCodeAt(at + 1))) bytes += 3;
    else {
      bytes += 4;
      at++;
    }
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** A name that an entry may have. @throws FsError EINVAL, ENAMETOOLONG */
export function checkName(operation: string, name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
    throw new FsError('EINVAL', operation, name, { detail: 'not a name for an entry' });
  }
  if (name.length * 3 > NAME_MAX && utf8Length(name) > NAME_MAX) {
    throw new FsError('ENAMETOOLONG', operation, `${name.slice(0, 40)}…`);
  }
}
