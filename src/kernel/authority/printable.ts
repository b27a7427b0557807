/** Control characters, and those that change the direction or the joining of text, so that it reads as another. */
// eslint-disable-next-line no-control-regex
const TRICKS = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** A program's own words, for people: in one line, bounded, without what could make them look like something else. */
export function printable(text: string, max = 200): string {
  const plain = text.slice(0, max * 4).replace(/\s+/g, ' ').replace(TRICKS, '').toWellFormed().trim();
  return plain.length > max ? `${plain.slice(0, max - 1).toWellFormed()}…` : plain;
}

/** As TOML has a text in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(/[\u007f-\u009f\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
