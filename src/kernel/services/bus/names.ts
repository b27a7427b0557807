import { parsePattern } from '../../bus/index.ts';
import { FsError, NAME_MAX } from '../../../shared/base/index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
/** What could not be a name, or would not be seen for what it is: slashes, what marks an escape, and all that prints nothing or moves what is printed. */
const HIDDEN = /[/%\p{C}\p{Z}\p{M}]/u;

/** A subject as the name of a file, with `%2F` and the like where that cannot be a name or would not be seen; null where it is too long for one. */
export function nameOf(subject: string): string | null {
  let name = '';
  for (const letter of subject) name += HIDDEN.test(letter) ? escaped(letter) : letter;
  return encoder.encode(name).length > NAME_MAX ? null : name;
}

/** The subject or pattern that a name stands for; null for none. */
export function subjectOf(name: string): string | null {
  try {
    const subject = unescaped(name);
    parsePattern(subject);
    return subject;
  } catch (error) {
    if (error instanceof FsError) return null;
    throw error;
  }
}

function escaped(letter: string): string {
  return Array.from(encoder.encode(letter), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function unescaped(name: string): string {
  return name.replace(/(?:%[0-9A-Fa-f]{2})+|%/g, (escapes) => {
    const bytes = escapes.split('%').slice(1).map((digits) => parseInt(digits, 16));
    try {
      return decoder.decode(Uint8Array.from(bytes));
    } catch (error) {
      throw new FsError('EINVAL', 'lookup', name, { cause: error });
    }
  });
}
