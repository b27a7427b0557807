import type { Random, Yield } from '../../kernel/contract/index.ts';
import type { Clock } from '../../shared/base/index.ts';

export const hostClock: Clock = {
  realtime: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
  monotonic: () => performance.now(),
};

/** `getRandomValues` takes at most 64 KiB at a time, and no shared memory. */
export const hostRandom: Random = {
  fill(bytes) {
    for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536) as Uint8Array<ArrayBuffer>);
  },
};

/** A task of its own by a message, which timers' clamping does not slow. */
export const yieldToEvents: Yield = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(0);
});
