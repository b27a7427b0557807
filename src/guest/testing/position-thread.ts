import { parentPort, workerData } from 'node:worker_threads';
import { Arena, MemoryWindow, ProcessHandle } from '../../shared/arena/index.ts';
import { Tree } from '../../shared/tree/index.ts';
import { Vfs } from '../vfs/index.ts';
import { preview1, ProcessClock, StringBlock, workerTime } from '../wasi/index.ts';

/** What a thread of `shared-files.test.ts` gets: a process that has the shared description as descriptor `fd`. */
export interface PositionStart {
  memory: WebAssembly.Memory;
  pcb: number;
  fd: number;
  /** Records to write; 0: read all that there is. */
  records: number;
  id: number;
}

const RECORD = 16;
const { memory: shared, pcb, fd, records, id } = workerData as PositionStart;
const arena = Arena.attach(shared);
const handle = new ProcessHandle(arena, pcb);
const vfs = new Vfs({ arena, handle, tree: new Tree(arena, handle), kernel: () => { throw new Error('the kernel is not needed here'); } });
const memory = new WebAssembly.Memory({ initial: 1 });
const view = new DataView(memory.buffer);
const calls = preview1({
  memory: new MemoryWindow(arena, memory), vfs, clock: new ProcessClock(workerTime()), args: new StringBlock([]), env: new StringBlock([]),
  random: (bytes) => bytes, grants: { clocks: true, entropy: true },
});

/** Vectors of 4 and 12 bytes: the thread's number, then the record's three times. */
function vectors(): void {
  view.setUint32(0, 1024, true);
  view.setUint32(4, 4, true);
  view.setUint32(8, 2048, true);
  view.setUint32(12, RECORD - 4, true);
}

const seen: [number, number][] = [];
vectors();
for (let number = 0; records === 0 || number < records; number++) {
  view.setUint32(1024, id, true);
  for (let word = 0; word < 3; word++) view.setUint32(2048 + word * 4, number, true);
  const errno = records === 0 ? calls.fd_read(fd, 0, 2, 64) : calls.fd_write(fd, 0, 2, 64);
  const moved = view.getUint32(64, true);
  if (errno !== 0 || (moved !== RECORD && moved !== 0)) throw new Error(`errno ${errno}, ${moved} bytes`);
  if (moved === 0) break;
  if (records === 0) seen.push([view.getUint32(1024, true), view.getUint32(2048, true)]);
}
parentPort!.postMessage(seen);
