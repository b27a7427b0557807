import { wasi } from '@bjorn3/browser_wasi_shim';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';
import { setU64 } from './memory.ts';

/** A browser's clock ticks every 5 µs on an isolated page. */
const RESOLUTION_NS = 5000;

/** `clock_*`. Without the grant: ENOTCAPABLE for every clock that there is. */
export function clockCalls(context: GuestContext) {
  const { clock, grants } = context;
  return {
    clock_res_get(id: number, out: number): number {
      out >>>= 0;
      if (id >>> 0 > wasi.CLOCKID_THREAD_CPUTIME_ID) return Errno.EINVAL;
      if (!context.memory.has(out, 8)) return Errno.EFAULT;
      if (!grants.clocks) return Errno.ENOTCAPABLE;
      setU64(context.memory.view, out, RESOLUTION_NS);
      return 0;
    },

    clock_time_get(id: number, _precision: bigint, out: number): number {
      out >>>= 0;
      const { memory } = context;
      if (!memory.has(out, 8)) return Errno.EFAULT;
      if (!grants.clocks) return id >>> 0 > wasi.CLOCKID_THREAD_CPUTIME_ID ? Errno.EINVAL : Errno.ENOTCAPABLE;
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
