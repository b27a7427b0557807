/**
 * Splits a line into arguments as a shell does: blanks separate; '…' is literal; in "…" a backslash takes the special
 * meaning from `"`, `\`, `$` and a backtick; elsewhere from any character. Nothing is expanded.
 * @returns the arguments, or what is wrong with the line
 */
export function splitArguments(line: string): { args: string[] } | { error: string } {
  const args: string[] = [];
  let current: string | null = null;
  let quote: '"' | "'" | null = null;
  const characters = [...line];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    const next = characters[at + 1];
    if (quote === "'" ? false : character === '\\' && next !== undefined && (quote === null || '"\\$`'.includes(next))) {
      current = (current ?? '') + next;
      at++;
    } else if (character === quote) {
      quote = null;
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      current ??= '';
    } else if (quote === null && /\s/.test(character)) {
      if (current !== null) args.push(current);
      current = null;
    } else {
      current = (current ?? '') + character;
    }
  }
  if (quote !== null) return { error: `A ${quote} is opened but not closed.` };
  if (current !== null) args.push(current);
  return { args };
}

/** Reads `KEY=VALUE` lines; empty ones are passed over. */
export function parseEnvironment(text: string): { env: Record<string, string> } | { error: string } {
  const env: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const cut = line.indexOf('=');
    if (cut <= 0) return { error: `Line ${index + 1} is not KEY=VALUE: ${line}` };
    env[line.slice(0, cut).trim()] = line.slice(cut + 1);
  }
  return { env };
}
