// The bus as it is in the kernel's worker and in guests', and what browsers have for the same: each task gives its figures.
import mitt from 'mitt';
import { Bus } from '../../../src/kernel/bus/index.ts';
import { Arena, KERNEL_PCB, MemoryWindow, ProcessHandle, tickCoarse } from '../../../src/shared/arena/index.ts';
import { ArenaBus, createBus, Policy } from '../../../src/shared/bus/index.ts';
import { messageCodec } from '../../../src/shared/ipc/index.ts';

const PAYLOAD = 64;
const SUBJECT = 'bench.some.subject';
const clock = { realtime: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)), monotonic: () => performance.now() };

function makeArena() {
  const arena = Arena.create({ pages: 512, maxPages: 4096, journalBytes: 1 << 16 });
  tickCoarse(arena, Date.now() * 1e6);
  createBus(arena);
  return arena;
}

/** A kernel's bus, connected to an arena as in the page. */
function kernelBus() {
  const arena = makeArena();
  const handle = new ProcessHandle(arena, KERNEL_PCB);
  const bus = new Bus({ clock });
  bus.connect({ arena, bus: new ArenaBus(arena, handle, { kernel: true }), handle, codec: messageCodec });
  return bus;
}

/** Nanoseconds an operation, for each pass; the first is cold. */
async function timed(passes, count, work) {
  const figures = [];
  for (let pass = 0; pass <= passes; pass++) {
    const start = performance.now();
    await work(count);
    figures.push(((performance.now() - start) * 1e6) / count);
  }
  return figures;
}

const turn = () => new Promise((resolve) => queueMicrotask(resolve));

/** Publishing 100 bytes to one listener, delivery included. */
async function publish({ passes, count }) {
  const payload = new Uint8Array(100);
  const check = (got, wanted) => {
    if (got !== wanted) throw new Error(`${got} of ${wanted} messages`);
  };
  let got = 0;
  const hear = () => got++;

  const bus = kernelBus();
  bus.subscribe(SUBJECT, hear);
  const ours = await timed(passes, count, async (messages) => {
    got = 0;
    for (let left = messages; left > 0; left -= 100) {
      for (let i = 0; i < 100; i++) bus.publish(SUBJECT, payload);
      await turn();
    }
    check(got, messages);
  });
  const emitter = mitt();
  emitter.on(SUBJECT, hear);
  const target = new EventTarget();
  target.addEventListener(SUBJECT, hear);
  return {
    ours,
    mitt: await timed(passes, count, (messages) => {
      got = 0;
      for (let i = 0; i < messages; i++) emitter.emit(SUBJECT, payload);
      check(got, messages);
    }),
    EventTarget: await timed(passes, count, (messages) => {
      got = 0;
      for (let i = 0; i < messages; i++) target.dispatchEvent(new CustomEvent(SUBJECT, { detail: payload }));
      check(got, messages);
    }),
  };
}

/** A request to a listener in the same worker, one after the other. */
async function request({ passes, count }) {
  const bus = kernelBus();
  bus.subscribe('bench.add', ({ request: asked, data }) => bus.reply(asked, data + 1));
  return timed(passes, count, async (messages) => {
    let sum = 0;
    for (let i = 0; i < messages; i++) sum = (await bus.request('bench.add', sum)).data;
    if (sum !== messages) throw new Error(`${sum} of ${messages} answers`);
  });
}

/** Patterns that do not take the subject. */
const others = (count) => Array.from({ length: count }, (_, i) => `other.${i}.*.${i % 7}.>`);

/** Publishing in the kernel beside `subscriptions` patterns, of which one takes the subject. */
async function patternsKernel({ passes, count, subscriptions }) {
  const bus = kernelBus();
  let got = 0;
  bus.subscribe('bench.*.subject', () => got++);
  for (const pattern of others(subscriptions - 1)) bus.subscribe(pattern, () => {});
  return timed(passes, count, async (messages) => {
    got = 0;
    for (let left = messages; left > 0; left -= 100) {
      for (let i = 0; i < 100; i++) bus.publish(SUBJECT, left);
      await turn();
    }
    if (got !== messages) throw new Error(`${got} of ${messages} messages`);
  });
}

/** The same into a mailbox, and out of it. */
async function patternsArena({ passes, count, subscriptions }) {
  const { window, handle, guest } = guestBus();
  const mailbox = guest.mailbox(guest.subscribe('bench.*.subject', { capacity: 1 << 18 }));
  for (const pattern of others(subscriptions - 1)) guest.subscribe(pattern, { capacity: 4096 });
  const length = subjectAt(window, 0, SUBJECT);
  return timed(passes, count, (messages) => {
    for (let left = messages; left > 0; left -= 500) {
      for (let i = 0; i < 500; i++) guest.publish(guest.topic(window, 0, length), window, 4096, PAYLOAD, false, null);
      handle.enter();
      while (mailbox.takeMany(window, 65536, 65536) > 0);
      handle.leave();
    }
    if (mailbox.dropped > 0) throw new Error('messages were lost');
  });
}

/** A guest's bus in an arena: of its own, or that `memory` is. */
function guestBus(memory, slot = 1) {
  const arena = memory ? Arena.attach(memory) : makeArena();
  const address = KERNEL_PCB + slot * 192;
  arena.u32[address >>> 2] = 100 + slot;
  arena.owner = 100 + slot;
  const handle = new ProcessHandle(arena, address);
  const window = new MemoryWindow(arena, new WebAssembly.Memory({ initial: 8 }));
  return { arena, window, handle, guest: new ArenaBus(arena, handle) };
}

/** Sleeps on the doorbell until `ready` gives something. */
function waitFor(handle, source, ready) {
  for (;;) {
    source.addWaiter(handle.slot);
    const seen = handle.bell();
    const found = ready();
    if (found !== 0) {
      source.removeWaiter(handle.slot);
      return found;
    }
    handle.wait(seen, 1000);
    source.removeWaiter(handle.slot);
  }
}

function subjectAt(window, at, text) {
  const bytes = new TextEncoder().encode(text);
  window.u8.set(bytes, at);
  return bytes.length;
}

/** The receiving worker of `stream`: milliseconds of the wall clock when it has all. */
function receive({ memory, count, blocking }) {
  const { window, handle, guest } = guestBus(memory, 2);
  const mailbox = guest.mailbox(guest.subscribe('bench.*', { capacity: 1 << 20, policy: blocking ? Policy.BLOCK : Policy.DROP_OLDEST }));
  postMessage('ready');
  let [got, sum] = [0, 0];
  const take = () => {
    handle.enter();
    const used = mailbox.takeMany(window, 65536, 131072);
    handle.leave();
    return used;
  };
  while (got < count) {
    const used = take() || waitFor(handle, mailbox, take);
    for (let at = 65536; at < 65536 + used; at = (at + window.view.getUint32(at, true) + 7) & ~7) {
      sum += window.view.getUint32(at + 48 + 7, true);
      got++;
    }
  }
  return { end: performance.timeOrigin + performance.now(), sum, dropped: mailbox.dropped };
}

/** The sending worker: when it began. */
function send({ memory, count, batch }) {
  const { window, handle, guest } = guestBus(memory, 1);
  const length = subjectAt(window, 0, 'bench.a');
  const record = 4 + PAYLOAD;
  for (let i = 0; i < batch; i++) window.view.setUint32(4096 + i * record, PAYLOAD, true);
  const start = performance.timeOrigin + performance.now();
  const one = () => {
    let result = guest.publish(guest.topic(window, 0, length), window, 4096 + 4, PAYLOAD, false, null);
    while (result < 0) result = waitFor(handle, guest.blockedOn, () => guest.resume() || -1) > 0 ? 1 : -1;
  };
  let waits = 0;
  for (let sent = 0; sent < count;) {
    if (batch === 1) {
      one();
      sent++;
      continue;
    }
    const wanted = Math.min(batch, count - sent);
    const done = guest.publishMany(guest.topic(window, 0, length), window, 4096, wanted * record, null);
    sent += done;
    if (done < wanted) {
      one();
      sent++;
      waits++;
    }
  }
  return { start, waits };
}

/** Answers each message of `there` by one on `back`. */
function echo({ memory, count }) {
  const { window, handle, guest } = guestBus(memory, 2);
  const mailbox = guest.mailbox(guest.subscribe('there'));
  const length = subjectAt(window, 0, 'back');
  postMessage('ready');
  const take = () => {
    handle.enter();
    const used = mailbox.tryRead(window, 65536, 65536);
    handle.leave();
    return used;
  };
  for (let i = 0; i < count; i++) {
    if (take() === 0) waitFor(handle, mailbox, take);
    guest.publish(guest.topic(window, 0, length), window, 65536 + 48 + 5, PAYLOAD, false, null);
  }
  return null;
}

/** Microseconds of each round trip. */
function ping({ memory, count }) {
  const { window, handle, guest } = guestBus(memory, 1);
  const mailbox = guest.mailbox(guest.subscribe('back'));
  const length = subjectAt(window, 0, 'there');
  const take = () => {
    handle.enter();
    const used = mailbox.tryRead(window, 65536, 65536);
    handle.leave();
    return used;
  };
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    guest.publish(guest.topic(window, 0, length), window, 4096, PAYLOAD, false, null);
    if (take() === 0) waitFor(handle, mailbox, take);
  }
  return ((performance.now() - start) * 1000) / count;
}

/** One of two ends of a port, or of a BroadcastChannel. */
function channelEnd({ port, name }) {
  return port ?? new BroadcastChannel(name);
}

/** Messages of 64 bytes to another worker, as the browser sends them. */
function postAll({ count, ...where }) {
  const channel = channelEnd(where);
  const payload = new Uint8Array(PAYLOAD);
  const start = performance.timeOrigin + performance.now();
  for (let i = 0; i < count; i++) channel.postMessage(payload);
  return { start };
}

function hearAll({ count, ...where }) {
  const channel = channelEnd(where);
  return new Promise((resolve) => {
    let got = 0;
    channel.onmessage = () => {
      if (++got === count) resolve({ end: performance.timeOrigin + performance.now() });
    };
    postMessage('ready');
  });
}

function echoAll({ ...where }) {
  const channel = channelEnd(where);
  channel.onmessage = ({ data }) => channel.postMessage(data);
  postMessage('ready');
  return new Promise(() => {});
}

async function pingAll({ count, ...where }) {
  const channel = channelEnd(where);
  const payload = new Uint8Array(PAYLOAD);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => {
      channel.onmessage = resolve;
      channel.postMessage(payload);
    });
  }
  return ((performance.now() - start) * 1000) / count;
}

/** The memory for two workers. */
const arenaMemory = () => makeArena().memory;

const TASKS = { publish, request, patternsKernel, patternsArena, receive, send, echo, ping, postAll, hearAll, echoAll, pingAll, arenaMemory };

onmessage = async ({ data: { task, options } }) => {
  try {
    postMessage({ result: await TASKS[task](options) });
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.stack : String(error) });
  }
};
