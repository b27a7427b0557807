import { AUTHORITY } from './authority.ts';
import type { Command } from './command.ts';
import { DOCK } from './dock.ts';
import { EDITOR } from './editor.ts';
import { EXPLORER } from './explorer.ts';
import { FILES } from './files.ts';
import { GO } from './go.ts';
import { HISTORY } from './history.ts';
import { MAP_COMMANDS } from './map.ts';
import { TERMINAL } from './terminal.ts';
import { TRACES } from './trace.ts';
import { VIEW } from './view.ts';

export { ELSEWHERE } from './elsewhere.ts';
export { GROUPS, matchesKeys, runCommand, type Command } from './command.ts';

/** What the user can do from anywhere, in the order of the palette. */
export const COMMANDS: readonly Command[] = [...GO, ...FILES, ...EXPLORER, ...EDITOR, ...AUTHORITY, ...HISTORY, ...TRACES, ...MAP_COMMANDS, ...TERMINAL, ...DOCK, ...VIEW];
