import type { Label } from './layout.ts';
import { graphemes, printable, textWidth } from './width.ts';

export interface PromptValues {
  /** For `\w`, `\W`. */
  cwd: string;
  home: string;
  status: number;
  columns: number;
  variable(name: string): string | undefined;
  now: Date;
}

const EXPANDED_MAX = 4096;
const two = (value: number): string => String(value).padStart(2, '0');

/** A path for the prompt: `~` for home, and not longer than a third of the screen. */
export function shortPath(path: string, home: string, columns: number): string {
  const short = path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  const parts = graphemes(short);
  const most = Math.max(12, Math.floor(columns / 3));
  return parts.length <= most ? short : `…${parts.slice(-most + 1).join('')}`;
}

const escapes: Readonly<Record<string, (values: PromptValues) => string>> = {
  w: ({ cwd, home, columns }) => printable(shortPath(cwd, home, columns)),
  W: ({ cwd, home }) => (cwd === home ? '~' : printable(cwd.slice(cwd.lastIndexOf('/') + 1)) || '/'),
  u: ({ variable }) => printable(variable('USER') ?? 'user'),
  h: ({ variable }) => printable(variable('HOSTNAME') ?? 'palimpsest'),
  '?': ({ status }) => String(status),
  $: () => '$',
  n: () => '\n',
  e: () => '\x1b',
  '\\': () => '\\',
  t: ({ now }) => `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`,
  A: ({ now }) => `${two(now.getHours())}:${two(now.getMinutes())}`,
  '[': () => '',
  ']': () => '',
};

/** The prompt that is drawn when PS1 is not set. */
export function defaultPrompt(status: number): string {
  return `\\e[1;36m\\w\\e[0m \\e[${status === 0 ? 32 : 31}m\\$\\e[0m `;
}

export const DEFAULT_NEXT = '\\e[90m>\\e[0m ';

/**
 * A PS1 or PS2 as it is drawn: `\w \W \u \h \? \$ \n \e \t \A \[ \] \\` and `$NAME`. `above` are whole rows before the last one,
 * which is the label. Sequences that select colours take no columns; other control characters are left out.
 */
export function expandPrompt(format: string, values: PromptValues): { above: string[]; label: Label } {
  const text = format
    .replace(/\\(.)|\$(?:(\w+)|\{(\w+)\})/gs, (whole, escape: string | undefined, name: string | undefined, braced: string | undefined) => {
      if (escape !== undefined) return escapes[escape]?.(values) ?? whole;
      return printable(values.variable(name ?? braced!) ?? '');
    })
    .slice(0, EXPANDED_MAX);
  const rows = text.split('\n').map(onlyColours);
  const last = rows.pop()!;
  return { above: rows, label: { text: last, width: visibleWidth(last) } };
}

/* eslint-disable no-control-regex */
const COLOUR = /\x1b\[[\d;:]*m/g;

function onlyColours(text: string): string {
  return text.replace(/\x1b\[[\d;:]*m|[\x00-\x1f\x7f-\x9f]/g, (found) => (found.length > 1 ? found : ''));
}

export const visibleWidth = (text: string): number => textWidth(text.replace(COLOUR, ''));
