import type { FsckCalls } from '../../shared/abi/index.ts';
import type { Fsck } from '../fsck/index.ts';

/** The window's calls to check the store. */
export function fsckCalls(fsck: Pick<Fsck, 'run' | 'cancel'>): FsckCalls {
  return {
    fsck: (options) => fsck.run({ repair: options?.repair === true }),
    fsckCancel: async () => fsck.cancel(),
  };
}
