import { wasi } from '@bjorn3/browser_wasi_shim';
import { OfdFlag } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';
import { setU64 } from './memory.ts';

const EVENT_SIZE = 32;
/** More than any program has descriptors and timers. */
const SUBSCRIPTIONS_MAX = 8192;

/** Where things are in a subscription. Preview 1 has 48 bytes; `wasi_unstable` has a clock identifier in between. */
export interface SubscriptionLayout {
  size: number;
  clock: number;
}

export const SUBSCRIPTION: SubscriptionLayout = { size: 48, clock: 16 };
export const UNSTABLE_SUBSCRIPTION: SubscriptionLayout = { size: 56, clock: 24 };

interface Subscription {
  userdata: bigint;
  type: number;
  /** Monotonic milliseconds; for clocks. */
  deadline: number;
  fd: number;
  ofd: number;
  errno: number;
}

/** `poll_oneoff`: looks at everything, sleeps on the process's doorbell until the nearest deadline, looks again. */
export function pollCalls(context: GuestContext, layout: SubscriptionLayout = SUBSCRIPTION) {
  const { clock } = context;
  const { fds, process, readiness } = context.vfs;

  function deadlineOf(at: number): number {
    const { view } = context.memory;
    const id = view.getUint32(at + layout.clock, true);
    const timeout = Number(view.getBigUint64(at + layout.clock + 8, true)) / 1e6;
    const absolute = view.getUint16(at + layout.clock + 24, true) & wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
    if (id !== wasi.CLOCKID_REALTIME && id !== wasi.CLOCKID_MONOTONIC) return NaN;
    if (absolute === 0) return clock.now() + timeout;
    return id === wasi.CLOCKID_MONOTONIC ? timeout : clock.now() + timeout - clock.realtime();
  }

  /** An absolute deadline tells the time; a relative one only lets it go by. */
  function clockSubscription(subscription: Subscription, at: number): Subscription | number {
    subscription.deadline = deadlineOf(at);
    if (Number.isNaN(subscription.deadline)) return Errno.EINVAL;
    const absolute = context.memory.view.getUint16(at + layout.clock + 24, true) & wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
    if (absolute !== 0 && !context.grants.clocks) subscription.errno = Errno.ENOTCAPABLE;
    return subscription;
  }

  /** A descriptor that is not open fails the whole call, as in wasmtime; one not opened for this is told in its event. */
  function fdSubscription(subscription: Subscription, at: number): Subscription | number {
    subscription.fd = context.memory.view.getUint32(at + 16, true);
    subscription.ofd = fds.ofd(subscription.fd);
    if (subscription.ofd === 0) return Errno.EBADF;
    const access = subscription.type === wasi.EVENTTYPE_FD_READ ? OfdFlag.READ : OfdFlag.WRITE;
    if ((fds.flags(subscription.ofd) & access) === 0) subscription.errno = Errno.EBADF;
    return subscription;
  }

  /** A subscription, or the errno that the whole call fails with. */
  function read(at: number): Subscription | number {
    const { view } = context.memory;
    const type = view.getUint8(at + 8);
    const subscription = { userdata: view.getBigUint64(at, true), type, deadline: Infinity, fd: -1, ofd: 0, errno: 0 };
    if (type === wasi.EVENTTYPE_CLOCK) return clockSubscription(subscription, at);
    return type === wasi.EVENTTYPE_FD_READ || type === wasi.EVENTTYPE_FD_WRITE ? fdSubscription(subscription, at) : Errno.EINVAL;
  }

  function happened(subscription: Subscription, now: number): boolean {
    if (subscription.errno !== 0) return true;
    if (subscription.ofd === 0) return subscription.deadline <= now;
    return fds.isRevoked(subscription.ofd) || readiness.isReady(subscription.ofd, subscription.type === wasi.EVENTTYPE_FD_WRITE);
  }

  function write(subscription: Subscription, at: number): void {
    const { u8, view } = context.memory;
    const errno = subscription.ofd !== 0 && fds.isRevoked(subscription.ofd) ? Errno.ENOTCAPABLE : subscription.errno;
    u8.fill(0, at, at + EVENT_SIZE);
    view.setBigUint64(at, subscription.userdata, true);
    view.setUint16(at + 8, errno, true);
    u8[at + 10] = subscription.type;
    if (subscription.ofd === 0 || errno !== 0) return;
    setU64(view, at + 16, readiness.bytes);
    view.setUint16(at + 24, readiness.hangup ? wasi.EVENTRWFLAGS_FD_READWRITE_HANGUP : 0, true);
  }

  /** Writes an event for all that has happened; the count. */
  function collect(subscriptions: Subscription[], out: number): number {
    const now = clock.now();
    let count = 0;
    for (const subscription of subscriptions) {
      if (happened(subscription, now)) write(subscription, out + EVENT_SIZE * count++);
    }
    return count;
  }

  function watch(subscriptions: Subscription[], on: boolean): void {
    for (const { ofd, type, errno } of subscriptions) {
      if (ofd !== 0 && errno === 0) readiness.watch(ofd, type === wasi.EVENTTYPE_FD_WRITE, on);
    }
  }

  function wait(subscriptions: Subscription[], out: number): number {
    const deadline = subscriptions.reduce((nearest, each) => Math.min(nearest, each.deadline, each.ofd === 0 ? Infinity : clock.now() + readiness.patience(each.ofd)), Infinity);
    watch(subscriptions, true);
    try {
      for (;;) {
        const seen = process.handle.bell();
        const count = collect(subscriptions, out);
        if (count > 0) return count;
        process.sleep(seen, Math.max(0, deadline - clock.now()));
      }
    } finally {
      watch(subscriptions, false);
    }
  }

  return {
    poll_oneoff(input: number, out: number, length: number, countPtr: number): number {
      input >>>= 0;
      out >>>= 0;
      length >>>= 0;
      countPtr >>>= 0;
      const { memory } = context;
      if (length === 0 || length > SUBSCRIPTIONS_MAX) return Errno.EINVAL;
      const fit = memory.has(input, length * layout.size) && memory.has(out, length * EVENT_SIZE) && memory.has(countPtr, 4);
      if (!fit) return Errno.EFAULT;
      const subscriptions: Subscription[] = [];
      for (let index = 0; index < length; index++) {
        const subscription = read(input + index * layout.size);
        if (typeof subscription === 'number') return subscription;
        subscriptions.push(subscription);
      }
      const count = collect(subscriptions, out) || wait(subscriptions, out);
      memory.view.setUint32(countPtr, count, true);
      return 0;
    },
  };
}
