import type { ProcessDetailCalls } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { ProcSource } from '../services/proc/index.ts';

export type ProcessDetailParts = Pick<ProcSource, 'process' | 'descriptors' | 'mounts' | 'environment' | 'limits'>;

/** What `/proc` has in files, for the window in one answer. */
export function processDetailCalls(source: ProcessDetailParts): ProcessDetailCalls {
  return {
    processDetails: async (pid) => {
      const process = typeof pid === 'number' ? source.process(pid) : undefined;
      if (!process || process.exit) throw new FsError('ESRCH', 'process', String(pid));
      return { descriptors: source.descriptors(pid), mounts: source.mounts(pid), environment: source.environment(pid), limits: source.limits(pid) };
    },
  };
}
