import { FsError } from '../../../shared/base/index.ts';
import type { Vfs } from '../../vfs/index.ts';
import { LineLoop } from '../line/index.ts';
import { Session } from '../shell/index.ts';
import { ShellHost } from './host.ts';

export interface ShOptions {
  vfs: Vfs;
  /** With the name. */
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
}

/** Exit code of a shell whose terminal has gone, as of a process that was hung up on. */
const HUNG_UP = 129;

function interact(session: Session): void {
  const host = new ShellHost(session);
  const motd = session.shell.files.readText('/etc/motd');
  if (motd) session.print(motd.endsWith('\n') ? motd : `${motd}\n`);
  host.setRaw(true);
  new LineLoop(host).run();
}

/** The shell, as a process: a script, the text after `-c`, or a prompt on a terminal. The exit code. */
export function sh(options: ShOptions): number {
  const session = new Session(options);
  try {
    return session.run(options.args, interact);
  } catch (error) {
    if (error instanceof FsError && error.code === 'EPIPE') return HUNG_UP;
    throw error;
  }
}
