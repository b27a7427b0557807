/**
 * A text from the clipboard as it is given to a program. Control characters are left out, save tabs and line ends: an escape
 * sequence could end the bracket that tells pasted text from typed, and Ctrl-C or Ctrl-D would be obeyed.
 */
export function safePaste(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}
