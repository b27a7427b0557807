import { FsError } from '../../../shared/base/index.ts';
import type { Vfs } from '../../vfs/index.ts';
import { LineLoop } from '../line/index.ts';
import { Output, Shell } from '../shell/index.ts';
import { runLine } from './execute.ts';
import { ShellHost } from './host.ts';

export interface PromptOptions {
  vfs: Vfs;
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
}

/** Exit code of a prompt whose terminal has gone, as of a process that was hung up on. */
const HUNG_UP = 129;

function interactive(shell: Shell): number {
  shell.setRaw(true);
  const motd = shell.files.readText('/etc/motd');
  if (motd) new Output(shell.files, 1).text(motd.endsWith('\n') ? motd : `${motd}\n`);
  new LineLoop(new ShellHost(shell)).run();
  return shell.status;
}

/** `prompt -c 'line'` runs one line; without arguments, an interactive prompt on descriptors 0 to 2. The exit code. */
export function prompt(options: PromptOptions): number {
  const shell = new Shell(options.vfs, options.env, options.cwd);
  const at = options.args.indexOf('-c');
  const line = at < 0 ? undefined : options.args[at + 1];
  try {
    return line === undefined ? interactive(shell) : runLine(shell, line);
  } catch (error) {
    if (error instanceof FsError && error.code === 'EPIPE') return HUNG_UP;
    throw error;
  }
}
