export interface HelpOption {
  /** `-a`, `--all`. */
  name: string;
  /** `=` when a value is written to it. */
  value: boolean;
  summary: string;
}

const OPTIONS_MAX = 500;
const SUMMARY_MAX = 120;
/** Two blanks or a tab end the options of a line and begin what is said about them. */
const LINE = /^[ \t]{0,16}(-[^\n]*?)(?:[ \t]{2,}|\t|$)(.*)$/;
const NAME = /(?:^|[\s,|/[(])(--[A-Za-z0-9][\w-]*|-[A-Za-z0-9?])(?![\w-])(\[?=)?/g;
const BRACKETED = /\[(-[A-Za-z0-9]+|--[A-Za-z0-9][\w-]*)(=)?/g;

/** The options that a help text tells of, by name in the order of the text. */
export function helpOptions(text: string): HelpOption[] {
  const found = new Map<string, HelpOption>();
  const add = (name: string, value: boolean, summary: string): void => {
    const known = found.get(name);
    if ((!known || (known.summary === '' && summary !== '')) && found.size < OPTIONS_MAX) found.set(name, { name, value, summary });
  };
  // eslint-disable-next-line no-control-regex
  const lines = text.replace(/\x1b\[[\d;]*m/g, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    const match = LINE.exec(line);
    if (match) for (const [, name, equals] of match[1]!.matchAll(NAME)) add(name!, equals === '=' && name!.startsWith('--'), summary(match[2]!, lines[index + 1]));
    else for (const [, name, equals] of line.matchAll(BRACKETED)) for (const each of letters(name!)) add(each, equals === '=', '');
  });
  return [...found.values()];
}

/** What stands beside the options, or, set in further, below them. */
function summary(beside: string, below: string | undefined): string {
  const text = beside.trim() || (below && /^[ \t]{4,}[^\s-]/.test(below) ? below.trim() : '');
  return text.length > SUMMARY_MAX ? `${text.slice(0, SUMMARY_MAX - 1)}…` : text;
}

/** `[-abc]` in a line of usage means three options. */
const letters = (name: string): string[] => (name.startsWith('--') ? [name] : Array.from(name.slice(1), (letter) => `-${letter}`));
