import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Pcb, RING_HEADER, RingWord } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const EVENTS = 0x40000;
const CLOCK = 0;
const FD_READ = 1;
const FD_WRITE = 2;
const MONOTONIC = 1;

type Subscription = { clock: number; ns: bigint; absolute?: boolean } | { fd: number; type: number };

function subscribe(rig: Rig, subscriptions: Subscription[]): void {
  const { view, u8 } = rig;
  subscriptions.forEach((each, index) => {
    const base = at.DATA + index * 48;
    u8.fill(0, base, base + 48);
    view.setBigUint64(base, BigInt(index + 100), true);
    if ('clock' in each) {
      view.setUint32(base + 16, each.clock, true);
      view.setBigUint64(base + 24, each.ns, true);
      view.setUint16(base + 40, each.absolute ? 1 : 0, true);
    } else {
      view.setUint8(base + 8, each.type);
      view.setUint32(base + 16, each.fd, true);
    }
  });
}

function poll(rig: Rig, subscriptions: Subscription[]) {
  subscribe(rig, subscriptions);
  const from = performance.now();
  const errno = rig.calls.poll_oneoff(at.DATA, EVENTS, subscriptions.length, at.OUT);
  const took = performance.now() - from;
  const events = Array.from({ length: errno === 0 ? rig.out32() : 0 }, (_, index) => {
    const base = EVENTS + index * 32;
    return {
      index: Number(rig.view.getBigUint64(base, true)) - 100, errno: rig.view.getUint16(base + 8, true),
      type: rig.u8[base + 10], bytes: Number(rig.view.getBigUint64(base + 16, true)), flags: rig.view.getUint16(base + 24, true),
    };
  });
  return { errno, took, events };
}

/** Another thread that puts one byte into a ring after 50 ms and rings the process's bell, as the kernel does. */
async function byteLater(rig: Rig, ring: number): Promise<Worker> {
  const bell = (rig.vfs.process.handle.address >>> 2) + Pcb.BELL;
  const worker = new Worker(`
    const { workerData: { memory, ring, bell, head, header }, parentPort } = require('node:worker_threads');
    const words = new Int32Array(memory.buffer);
    parentPort.postMessage(0);
    Atomics.wait(words, 120000, 0, 50);
    new Uint8Array(memory.buffer)[ring + header] = 65;
    Atomics.add(words, (ring >>> 2) + head, 1);
    Atomics.add(words, bell, 1);
    Atomics.notify(words, bell);`, {
    eval: true, workerData: { memory: rig.arena.memory, ring, bell, head: RingWord.HEAD, header: RING_HEADER },
  });
  await new Promise((resolve) => worker.once('message', resolve));
  return worker;
}

describe('poll_oneoff', () => {
  it('sleeps until the nearest of several deadlines', () => {
    const { events, took } = poll(new Rig(), [
      { clock: MONOTONIC, ns: 500_000_000n }, { clock: 0, ns: 30_000_000n }, { clock: MONOTONIC, ns: 30_000_000n },
    ]);
    expect(events.map(({ index }) => index)).toContain(1);
    expect(events.every(({ index, errno, type }) => index > 0 && errno === 0 && type === CLOCK)).toBe(true);
    expect(took).toBeGreaterThanOrEqual(29.9);
    expect(took).toBeLessThan(300);
  });

  it('knows absolute times on both clocks', () => {
    expect(poll(new Rig(), [{ clock: 0, ns: 1n, absolute: true }]).events.length).toBe(1);
    const soon = performance.now() + 25;
    const real = BigInt(Math.round((performance.timeOrigin + soon) * 1000)) * 1000n;
    expect(poll(new Rig(), [{ clock: 0, ns: real, absolute: true }]).events.length).toBe(1);
    expect(performance.now()).toBeGreaterThan(soon - 1);
    const later = performance.now() + 25;
    expect(poll(new Rig(), [{ clock: MONOTONIC, ns: BigInt(Math.round(later * 1e6)), absolute: true }]).events.length).toBe(1);
    expect(performance.now()).toBeGreaterThan(later - 1);
  });

  it('takes files as ready, and tells bytes, hang-ups and bad descriptors', () => {
    const rig = new Rig();
    const fd = rig.open('a', 1);
    rig.write(fd, 'hello');
    rig.calls.fd_seek(fd, 2n, 0, at.OUT);
    rig.type('abc');
    expect(poll(rig, [
      { fd, type: FD_READ }, { fd: 0, type: FD_READ }, { fd: 1, type: FD_WRITE }, { fd: 1, type: FD_READ }, { clock: 1, ns: 10_000_000_000n },
    ]).events).toMatchObject([
      { index: 0, bytes: 3, errno: 0 }, { index: 1, bytes: 3 }, { index: 2, type: FD_WRITE }, { index: 3, errno: Errno.EBADF },
    ]);
    rig.read(0);
    rig.endInput();
    expect(poll(rig, [{ fd: 0, type: FD_READ }]).events).toMatchObject([{ bytes: 0, flags: 1 }]);
  });

  it('a pipe has room for writing only where a small write fits whole', () => {
    const rig = new Rig({ pipeBytes: 8192 });
    const ready = (): number[] => poll(rig, [{ fd: 1, type: FD_WRITE }, { clock: MONOTONIC, ns: 0n }]).events.map(({ index }) => index);
    rig.write(1, 'x'.repeat(4096));
    expect(ready()).toEqual([0, 1]);
    rig.write(1, 'x');
    expect(ready()).toEqual([1]);
  });

  it('wakes when another thread makes a pipe readable', async () => {
    const rig = new Rig();
    const worker = await byteLater(rig, rig.stdin.address);
    const { events, took } = poll(rig, [{ fd: 0, type: FD_READ }, { clock: 1, ns: 5_000_000_000n }]);
    expect(events).toMatchObject([{ index: 0, bytes: 1 }]);
    expect(took).toBeLessThan(2000);
    expect(rig.read(0)).toBe('A');
    await worker.terminate();
  });

  it('a read waits for bytes from another thread', async () => {
    const rig = new Rig();
    const worker = await byteLater(rig, rig.stdin.address);
    expect(rig.read(0)).toBe('A');
    await worker.terminate();
  });

  it('refuses what is malformed', () => {
    const rig = new Rig();
    expect(rig.calls.poll_oneoff(at.DATA, EVENTS, 0, at.OUT)).toBe(Errno.EINVAL);
    expect(rig.calls.poll_oneoff(-8, EVENTS, 1, at.OUT)).toBe(Errno.EFAULT);
    expect(rig.calls.poll_oneoff(at.DATA, -8, 1, at.OUT)).toBe(Errno.EFAULT);
    expect(poll(rig, [{ clock: 7, ns: 0n }]).errno).toBe(Errno.EINVAL);
    expect(poll(rig, [{ fd: 0, type: 9 }]).errno).toBe(Errno.EINVAL);
    expect(poll(rig, [{ clock: 1, ns: 0n }, { fd: 99, type: FD_READ }]).errno).toBe(Errno.EBADF);
  });

  it('of wasi_unstable reads the older subscription', () => {
    const rig = new Rig();
    rig.u8.fill(0, at.DATA, at.DATA + 56);
    rig.view.setUint32(at.DATA + 24, MONOTONIC, true);
    rig.view.setBigUint64(at.DATA + 32, 20_000_000n, true);
    const from = performance.now();
    expect(rig.old.poll_oneoff(at.DATA, EVENTS, 1, at.OUT)).toBe(0);
    expect(performance.now() - from).toBeGreaterThanOrEqual(19.9);
  });

  it('counts no processor time while it sleeps', () => {
    const rig = new Rig();
    const cpu = (): number => {
      rig.calls.clock_time_get(2, 0n, at.OUT);
      return Number(rig.view.getBigUint64(at.OUT, true)) / 1e6;
    };
    const before = cpu();
    poll(rig, [{ clock: 1, ns: 100_000_000n }]);
    expect(cpu() - before).toBeLessThan(60);
  });
});
