import { parentPort, workerData } from 'node:worker_threads';
import { FileType } from '../abi/index.ts';
import { Arena, BufferWindow, FdTable, OfdFlag, OfdKind, OpenFiles, ProcessHandle, Ring } from '../arena/index.ts';
import { MISS, OpenFlag, Tree, WAIT } from '../tree/index.ts';
import { Random } from './random.ts';
import { LOGS, makeRecord, recordIsWhole, RECORD, RING_RECORD, type TortureStart } from './torture-protocol.ts';

const { memory, pcb, root, seed, progress, slot } = workerData as TortureStart;
const arena = Arena.attach(memory);
const handle = new ProcessHandle(arena, pcb);
const tree = new Tree(arena, handle);
const files = new OpenFiles(arena, { releaseInode: (inode) => tree.release(inode), releaseHandle: () => undefined }, pcb);
const fds = new FdTable(arena, files, pcb);
const random = new Random(seed);
const window = new BufferWindow(arena);
const record = new Uint8Array(RECORD);
const scratch = new Uint8Array(200_000);
const encoder = new TextEncoder();
/** Records that one process puts into one log, so that logs stay small in a long run. */
const RECORDS_MAX = 300;
/** By log: the number of the next record. */
const next = LOGS.map(() => 0);

function fail(text: string): never {
  parentPort!.postMessage({ fault: `process ${handle.pid}: ${text}` });
  for (;;) Atomics.wait(arena.i32, 0, arena.i32[0]!);
}

/** Resolves misses and waits as a guest does: a message, and sleep on the doorbell. */
function again(operation: () => number): number {
  for (;;) {
    const result = operation();
    if (result === WAIT) tree.pause();
    else if (result === MISS) {
      const seen = handle.bell();
      const { missInode: inode, missBlock: block } = tree;
      parentPort!.postMessage({ inode, block, ino: tree.inodes.ino(inode), slot });
      handle.wait(seen, 200);
      arena.sync();
    } else return result;
  }
}

/** Few names, so that processes meet; at times one of many, so that some files rest and can be let go of. */
const name = (): string => {
  if (random.chance(0.15)) return `d${random.below(4)}/s${random.below(3)}/n${random.below(6)}`;
  return `d${random.below(4)}/n${random.below(random.chance(0.2) ? 400 : 12)}`;
};
const directory = (): string => (random.chance(0.5) ? `d${random.below(4)}` : `d${random.below(4)}/s${random.below(3)}`);

function open(path: string, flags: number): number {
  const bytes = encoder.encode(path);
  return again(() => {
    handle.enter();
    let result = tree.openAt(root, 0, bytes, 0, bytes.length, flags, (flags & OpenFlag.DIRECTORY) === 0, true);
    if (result > 0) {
      const ofd = files.create(tree.kind(result) === FileType.DIRECTORY ? OfdKind.DIRECTORY : OfdKind.FILE, result, OfdFlag.READ | OfdFlag.WRITE);
      if (ofd === 0) tree.release(result);
      result = ofd === 0 ? -1 : fds.install(ofd);
    }
    handle.leave();
    return result;
  });
}

function close(fd: number): void {
  handle.enter();
  if (fds.close(fd) !== 0) fail(`close of ${fd}`);
  handle.leave();
}

const inodeOf = (fd: number): number => files.object(fds.get(fd));

function append(): void {
  const log = random.below(LOGS.length);
  if (next[log]! > RECORDS_MAX) return;
  const fd = open(LOGS[log]!, 0);
  if (fd < 0) fail(`open of ${LOGS[log]}: ${fd}`);
  for (let i = random.below(10); i >= 0; i--) {
    makeRecord(record, handle.pid, next[log]!++);
    const taken = again(() => tree.append(inodeOf(fd), window.wrap(record), 0, RECORD));
    if (taken !== RECORD) fail(`append: ${taken}`);
    Atomics.add(progress, log, 1);
  }
  close(fd);
}

function write(fd: number): void {
  const length = 1 + random.below(random.chance(0.1) ? scratch.length : 2000);
  const position = random.below(random.chance(0.1) ? 300_000 : 1000);
  const taken = again(() => tree.write(inodeOf(fd), position, window.wrap(scratch), 0, length));
  if (taken <= 0 && taken !== -51) fail(`write: ${taken}`);
}

function read(fd: number): void {
  const taken = again(() => tree.read(inodeOf(fd), random.below(100_000), window.wrap(scratch), 0, scratch.length));
  if (taken < 0) fail(`read: ${taken}`);
}

function onFile(): void {
  const fd = open(name(), random.chance(0.7) ? OpenFlag.CREATE | (random.chance(0.2) ? OpenFlag.TRUNCATE : 0) : 0);
  if (fd < 0) return;
  // Some stay open, for whoever cleans up after our death.
  if (random.chance(0.02)) return;
  if (files.kind(fds.get(fd)) === OfdKind.FILE) {
    if (random.chance(0.5)) write(fd);
    if (random.chance(0.3)) read(fd);
    if (random.chance(0.2)) again(() => tree.truncate(inodeOf(fd), random.below(random.chance(0.2) ? 200_000 : 500)));
  }
  close(fd);
}

function list(): void {
  const fd = open(directory(), OpenFlag.DIRECTORY);
  if (fd < 0) return;
  const seen = new Set<string>();
  const view = new DataView(scratch.buffer);
  for (let cookie = 0; ;) {
    const used = again(() => tree.readdir(inodeOf(fd), 0, cookie, window.wrap(scratch), 0, 400));
    for (let at = 0; at + 24 <= used && at + 24 + view.getUint32(at + 16, true) <= used; at += 24 + view.getUint32(at + 16, true)) {
      const key = `${view.getBigUint64(at, true)}`;
      if (seen.has(key)) fail(`cookie ${key} twice`);
      seen.add(key);
      cookie = Number(key);
    }
    if (used < 400) break;
  }
  close(fd);
}

function names(): void {
  const [a, b] = [encoder.encode(name()), encoder.encode(name())];
  const [dir] = [encoder.encode(directory())];
  const { ops } = tree;
  switch (random.below(6)) {
    case 0: return void again(() => ops.renameAt(root, 0, a, 0, a.length, root, 0, b, 0, b.length));
    case 1: return void again(() => ops.unlinkAt(root, 0, a, 0, a.length));
    case 2: return void again(() => ops.linkAt(root, 0, a, 0, a.length, false, root, 0, b, 0, b.length));
    case 3: return void again(() => ops.mkdirAt(root, 0, dir, 0, dir.length));
    case 4: return void again(() => (dir.length > 2 ? ops.rmdirAt(root, 0, dir, 0, dir.length) : 0));
    default: return void again(() => ops.symlinkAt(a, 0, a.length, root, 0, b, 0, b.length));
  }
}

function stat(): void {
  const bytes = encoder.encode(name());
  const result = again(() => tree.statAt(root, 0, bytes, 0, bytes.length, true, window.wrap(scratch), 0));
  if (result === 0 && scratch[16] !== FileType.REGULAR_FILE && scratch[16] !== FileType.DIRECTORY) fail(`stat: type ${scratch[16]}`);
}

/** Descriptors 0 and 1 are the ends of a pipe that all share. */
function pipe(): void {
  const ring = new Ring(arena, files.object(fds.get(0)));
  const buffer = scratch.subarray(0, RING_RECORD);
  handle.enter();
  if (random.chance(0.5)) {
    makeRecord(buffer, handle.pid, random.below(1000));
    ring.tryWrite(window.wrap(buffer), 0, RING_RECORD, RING_RECORD);
    handle.leave();
  } else {
    const taken = ring.tryRead(window.wrap(buffer), 0, RING_RECORD);
    handle.leave();
    if (taken !== 0 && (taken !== RING_RECORD || !recordIsWhole(buffer))) fail(`pipe: ${taken} bytes, or torn`);
  }
}

for (let turn = 0; ; turn++) {
  const dice = random.below(20);
  if (dice < 3) append();
  else if (dice < 9) onFile();
  else if (dice < 10) list();
  else if (dice < 15) names();
  else if (dice < 18) stat();
  else pipe();
  if (turn % 64 === 0) Atomics.add(progress, LOGS.length, 64);
}
