import { parentPort, workerData } from 'node:worker_threads';
import { Arena, BufferWindow, FdTable, OfdFlag, OfdKind, OpenFiles, ProcessHandle, type Waitable } from '../../arena/index.ts';
import { Errno } from '../../base/index.ts';
import { Random } from '../../testing/random.ts';
import { ArenaBus, BLOCKED, CAPACITY_MIN, Frame, FrameFlag, Policy, type Mailbox } from '../index.ts';
import { decodeFrame, type Got } from './bus-rig.ts';
import { makePayload, PATTERNS, payloadIsWhole, Progress, SUBJECTS, type BusTortureStart } from './torture-protocol.ts';

const { memory, pcb, seed, progress } = workerData as BusTortureStart;
const arena = Arena.attach(memory);
const handle = new ProcessHandle(arena, pcb);
const bus = new ArenaBus(arena, handle);
const files = new OpenFiles(arena, { releaseInode: () => {}, releaseHandle: () => {}, releaseMailbox: (mailbox) => bus.release(mailbox) }, pcb);
const table = new FdTable(arena, files, pcb);
const random = new Random(seed);
const window = new BufferWindow(arena);
/** Of publications, which may wait. */
const outWindow = new BufferWindow(arena);
const buffer = new Uint8Array(1 << 20);
const scratch = new Uint8Array(1 << 18);
/** A publication that waits has its payload in `scratch`. */
const replyScratch = new Uint8Array(1 << 16);

interface Open {
  fd: number;
  box: Mailbox;
  dropping: boolean;
  /** By source and subject: the last number. */
  last: Map<string, number>;
  lost: number;
}
const open: Open[] = [];
let count = 0;

function fail(text: string): never {
  parentPort!.postMessage({ fault: `process ${handle.pid}: ${text}` });
  for (;;) Atomics.wait(arena.i32, 0, arena.i32[0]!);
}

const add = (word: number, by = 1): void => void Atomics.add(progress, word, by);

function subscribe(): void {
  const policy = random.pick([Policy.DROP_OLDEST, Policy.DROP_OLDEST, Policy.BLOCK, Policy.REFUSE]);
  // In a group what one publisher sends is shared out; the order within one mailbox stays.
  const group = random.chance(0.2) ? 'g' : '';
  handle.enter();
  const address = bus.subscribe(random.pick(PATTERNS), { policy, group, capacity: CAPACITY_MIN << random.below(4), last: random.chance(0.2) });
  if (address < 0) fail(`subscribe: ${address}`);
  const fd = table.install(files.create(OfdKind.MAILBOX, address, OfdFlag.READ));
  handle.leave();
  open.push({ fd, box: bus.mailbox(address), dropping: policy === Policy.DROP_OLDEST, last: new Map(), lost: 0 });
  add(Progress.SUBSCRIBED);
}

function close(at: number): void {
  const [gone] = open.splice(at, 1);
  handle.enter();
  table.close(gone!.fd);
  handle.leave();
}

function check(from: Open, got: Got): void {
  if (!SUBJECTS.includes(got.subject) || got.payload.length < 8 || !payloadIsWhole(got.payload)) fail(`torn: ${got.subject}, ${got.payload.length} bytes, ${got.flags}`);
  const view = new DataView(got.payload.buffer, got.payload.byteOffset);
  const [pid, number] = [view.getUint32(0, true), view.getUint32(4, true)];
  if (pid !== got.source) fail(`of ${pid}, from ${got.source}`);
  from.lost += got.lost;
  if (got.lost > 0) add(Progress.LOST, got.lost);
  if (got.flags & FrameFlag.LAST) return;
  const key = `${got.source}`;
  if (number <= (from.last.get(key) ?? -1)) fail(`${number} of ${key} after ${from.last.get(key)}`);
  from.last.set(key, number);
  add(Progress.READ);
}

function answer(got: Got): void {
  if ((got.flags & FrameFlag.REQUEST) === 0 || random.chance(0.2)) return;
  const bytes = replyScratch.subarray(0, 8 + random.below(random.chance(0.1) ? 50_000 : 50));
  makePayload(bytes, handle.pid, got.correlation);
  const result = bus.reply(got.replyTo, got.correlation, window.wrap(bytes), 0, bytes.length, null);
  if (result !== 0 && result !== -Errno.ENOENT && result !== -Errno.EAGAIN && result !== -Errno.ENOMEM) fail(`reply: ${result}`);
}

function read(from: Open, most: number): void {
  for (let i = 0; i < most; i++) {
    handle.enter();
    const many = random.chance(0.3);
    const used = many ? from.box.takeMany(window.wrap(buffer), 0, buffer.length) : from.box.tryRead(window.wrap(buffer), 0, buffer.length);
    handle.leave();
    if (used === 0) return;
    if (used < 0) fail(`read: ${used}`);
    const view = new DataView(buffer.buffer);
    for (let at = 0; at < used; at = (at + view.getUint32(at, true) + 7) & ~7) {
      const size = view.getUint32(at + Frame.SIZE, true);
      if (size < 48 || at + size > used || (!many && size !== used)) fail(`a frame of ${size} at ${at} of ${used}`);
      const got = decodeFrame(buffer.subarray(at, at + size));
      check(from, got);
      answer(got);
    }
    if (from.lost > from.box.dropped) fail(`told of ${from.lost} lost, ${from.box.dropped} were`);
  }
}

/** Sleeps as a guest does; what others wait for us to read is read meanwhile. */
function sleepOn(source: Waitable, ready: () => boolean): void {
  add(Progress.WAITED);
  source.addWaiter(handle.slot);
  for (let turns = 0; turns < 3; turns++) {
    const seen = handle.bell();
    if (ready()) break;
    handle.wait(seen, random.below(6));
    arena.sync();
  }
  source.removeWaiter(handle.slot);
}

/** The result of a publication, when it has one. `keep` is called in the section that gave it: what it is about would else be nobody's. */
function settled(first: () => number, keep: (result: number) => number = (result) => result): number {
  const step = (action: () => number): number => {
    handle.enter();
    const done = action();
    const kept = done > 0 ? keep(done) : done;
    handle.leave();
    return kept;
  };
  let result = step(first);
  for (let turns = 0; result === BLOCKED; turns++) {
    if (turns > 5 || random.chance(0.1)) result = step(() => bus.giveUp());
    else {
      sleepOn(bus.blockedOn, () => (result = step(() => bus.resume())) !== BLOCKED);
      for (const from of open) read(from, 3);
    }
  }
  return result;
}

const fine = (result: number): boolean => result >= 0 || [Errno.EAGAIN, Errno.ENOMEM, Errno.EDEADLK, Errno.EHOSTUNREACH].some((errno) => result === -errno);

function publish(): void {
  const big = random.chance(0.03);
  const bytes = scratch.subarray(0, 8 + random.below(big ? scratch.length - 8 : 300));
  makePayload(bytes, handle.pid, count++);
  const topic = bus.topicOf(random.pick(SUBJECTS))!;
  const result = settled(() => bus.publish(topic, outWindow.wrap(bytes), 0, bytes.length, random.chance(0.05), null));
  if (!fine(result)) fail(`publish: ${result}`);
  if (big) add(Progress.BIG);
  add(Progress.PUBLISHED);
}

function request(): void {
  const bytes = scratch.subarray(0, 8 + random.below(100));
  makePayload(bytes, handle.pid, count++);
  let address = 0;
  const topic = bus.topicOf(random.pick(SUBJECTS))!;
  const fd = settled(() => bus.request(topic, outWindow.wrap(bytes), 0, bytes.length, null, random.below(40)), (mailbox) => {
    address = mailbox;
    return table.install(files.create(OfdKind.MAILBOX, mailbox, OfdFlag.READ));
  });
  if (!fine(fd)) fail(`request: ${fd}`);
  if (address === 0) return;
  add(Progress.ASKED);
  const box = bus.mailbox(address);
  let result = 0;
  for (let turns = 0; turns < 10 && result === 0; turns++) {
    sleepOn(box, () => box.nextSize() !== 0);
    handle.enter();
    result = box.tryRead(window.wrap(buffer), 0, buffer.length);
    handle.leave();
    for (const from of open) read(from, 2);
  }
  if (result < 0 && result !== -Errno.ETIMEDOUT) fail(`reply: ${result}`);
  if (result > 0) add(Progress.ANSWERED);
  // Some stay open, for whoever cleans up after our death.
  if (random.chance(0.1)) return;
  handle.enter();
  table.close(fd);
  handle.leave();
}

for (;;) {
  const dice = random.below(40);
  if (dice === 0 || open.length === 0) {
    if (open.length < 4) subscribe();
  } else if (dice === 1 && open.length > 1) close(random.below(open.length));
  else if (dice < 3) request();
  else if (dice < 20) publish();
  // The first one is seldom read.
  else read(random.pick(random.chance(0.9) ? open.slice(1) : open) ?? open[0]!, 20);
}
