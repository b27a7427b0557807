import { wasi } from '@bjorn3/browser_wasi_shim';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';
import { setU64 } from './memory.ts';

/** A browser's clock ticks every 5 µs on an isolated page. */
const RESOLUTION_NS = 5000;

/** `clock_*`. */
export function clockCalls(context: GuestContext) {
  const { clock } = context;
  return {
    clock_res_get(id: number, out: number): number {
      out >>>= 0;
      if (id >>> 0 > wasi.CLOCKID_THREAD_CPUTIME_ID) return Errno.EINVAL;
      if (!context.memory.has(out, 8)) return Errno.EFAULT;
      setU64(context.memory.view, out, RESOLUTION_NS);
      return 0;
    },

    clock_time_get(id: number, _precision: bigint, out: number): number {
      out >>>= 0;
      const { memory } = context;
      if (!memory.has(out, 8)) return Errno.EFAULT;
      switch (id) {
        case wasi.CLOCKID_REALTIME: clock.writeRealtime(memory.view, out); return 0;
        case wasi.CLOCKID_MONOTONIC: clock.writeMonotonic(memory.view, out); return 0;
        case wasi.CLOCKID_PROCESS_CPUTIME_ID:
        case wasi.CLOCKID_THREAD_CPUTIME_ID: clock.writeCpuTime(memory.view, out); return 0;
        default: return Errno.EINVAL;
      }
    },
  };
}
