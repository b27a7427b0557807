import type { List } from '../parse/index.ts';

/** What expansions need of the shell. */
export interface ExpandScope {
  /** Of a variable; undefined if it is not set. */
  get(name: string): string | undefined;
  /** Throws if the variable is read-only. */
  set(name: string, value: string): void;
  readonly positional: readonly string[];
  /** Value of `# ? - $ ! 0`; undefined where there is none yet. */
  special(name: string): string | undefined;
  /** `set -u`: what is not set is an error. */
  readonly nounset: boolean;
  /** `set -f`: patterns stay as they are. */
  readonly noglob: boolean;
  /** Home directory of a user, of the current one for an empty name; undefined if there is none. */
  home(user: string): string | undefined;
  /** What the commands print, without the last line ends. */
  substitute(body: List): string;
  /** Names in a directory, sorted, given as typed (empty: the working directory); empty if it cannot be read. */
  list(directory: string): readonly string[];
  exists(path: string): boolean;
}

/** An expansion failed: `${name?message}`, a bad substitution, an unset variable under `set -u`. Ends a shell that is not interactive. */
export class ExpansionError extends Error {}
