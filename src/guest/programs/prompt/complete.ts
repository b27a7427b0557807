import { FileType } from '../../../shared/abi/index.ts';
import { builtins } from '../commands/index.ts';
import type { Shell } from '../shell/index.ts';

export interface Completion {
  /** UTF-16 units before the cursor that `text` replaces. */
  replace: number;
  text: string;
  /** All candidates, to be shown when `text` adds nothing. */
  candidates: string[];
}

/** The last, unfinished word of what stands before the cursor, as typed. */
function lastWord(before: string): { raw: string; first: boolean } {
  const match = /(?:[^\s;&|<>\\'"]|\\.|'[^']*'?|"[^"]*"?)*$/s.exec(before);
  const raw = match ? match[0] : '';
  const head = before.slice(0, before.length - raw.length);
  return { raw, first: /(?:^|[;&|])\s*$/.test(head) };
}

const unquote = (raw: string): string => raw.replace(/\\(.)/gs, '$1').replace(/['"]/g, '');
const quote = (text: string): string => text.replace(/[^\p{L}\p{N}_\-./+:,@%^=~]/gu, '\\$&');

function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  let length = first.length;
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

function commandNames(shell: Shell, start: string): string[] {
  const programs = shell.list('/bin').map((name) => name.replace(/\.wasm$/, ''));
  return [...new Set([...builtins.keys(), ...programs])].filter((name) => name.startsWith(start)).toSorted();
}

/** Names below the directory part of `typed`; directories end in a slash. */
function paths(shell: Shell, typed: string): string[] {
  const cut = typed.lastIndexOf('/') + 1;
  const directory = typed.slice(0, cut);
  const start = typed.slice(cut);
  const from = directory.replace(/^~(?=\/)/, shell.home) || '.';
  try {
    return shell.files.list(from)
      .filter(({ name }) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
      .map(({ name, type }) => {
        const isDirectory = type === FileType.DIRECTORY
          || (type === FileType.SYMBOLIC_LINK && shell.files.isDirectory(`${from}/${name}`));
        return `${directory}${name}${isDirectory ? '/' : ''}`;
      });
  } catch {
    return [];
  }
}

/** What Tab does with the text before the cursor; null if there is nothing to offer. */
export function complete(shell: Shell, before: string): Completion | null {
  const { raw, first } = lastWord(before);
  const typed = unquote(raw);
  const found = first && !typed.includes('/') ? commandNames(shell, typed) : paths(shell, typed);
  if (found.length === 0) return null;
  const common = commonPrefix(found);
  const whole = found.length === 1 && !common.endsWith('/');
  const tilde = common.startsWith('~/') ? `~${quote(common.slice(1))}` : quote(common);
  const text = common.length < typed.length ? raw : `${tilde}${whole ? ' ' : ''}`;
  return { replace: raw.length, text, candidates: found };
}
