import type { HostValues, WaitResult } from '../../shared/abi/index.ts';
import { Errno, PATH_MAX } from '../../shared/base/index.ts';
import type { HostContext } from './context.ts';
import { textAt } from './text.ts';

/** Bytes of all arguments, and of the grants. */
const ARGUMENTS_MAX = 1024 * 1024;
const GRANTS_MAX = 64 * 1024;

/** `astrid_spawn`, `astrid_wait`, `astrid_pid`. */
export function processCalls({ guest }: HostContext) {
  const { process } = guest.vfs;
  return {
    astrid_spawn(path: number, pathLength: number, args: number, argsLength: number, grants: number, grantsLength: number, out: number): number {
      const { memory } = guest;
      if (!memory.has(out >>>= 0, 4)) return Errno.EFAULT;
      const program = textAt(memory, path >>> 0, pathLength >>> 0, PATH_MAX);
      if (typeof program === 'number') return program === Errno.E2BIG ? Errno.ENAMETOOLONG : program;
      const words = textAt(memory, args >>> 0, argsLength >>> 0, ARGUMENTS_MAX);
      if (typeof words === 'number') return words;
      const granted = textAt(memory, grants >>> 0, grantsLength >>> 0, GRANTS_MAX);
      if (typeof granted === 'number') return granted;
      if (program === '' || program.includes('\0') || (words !== '' && !words.endsWith('\0'))) return Errno.EINVAL;
      const { errno, value } = process.kernel({ op: 'host-spawn', path: program, args: words.split('\0').slice(0, -1), grants: granted });
      if (errno === 0) memory.view.setUint32(out, value as HostValues['host-spawn'], true);
      return errno;
    },

    astrid_wait(pid: number, out: number): number {
      if (!guest.memory.has(out >>>= 0, 4)) return Errno.EFAULT;
      if (pid <= 0) return Errno.ECHILD;
      const { errno, value } = process.kernel({ op: 'wait', pid });
      if (errno !== 0) return errno;
      const result = value as WaitResult | null;
      if (result?.state !== 'exited') return Errno.EIO;
      guest.memory.view.setInt32(out, result.status.code, true);
      return 0;
    },

    astrid_pid: (): number => process.pid,
  };
}
