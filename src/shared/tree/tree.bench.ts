import { Arena, MemoryWindow, FdTable, OfdFlag, OfdKind, OpenFiles, ProcessHandle, ProcessTable, tickCoarse } from '../arena/index.ts';
import { OpenFlag, Tree, TreeKeeper } from './index.ts';

/** Nanoseconds an operation of the tree as one process uses it: the median and the least of seven rounds. `node` runs what vite bundles of this. */
const arena = Arena.create();
const kernel = new Tree(arena, new ProcessHandle(arena, 8192));
const keeper = new TreeKeeper(kernel);
const root = keeper.format(1);
keeper.fill(root, []);
tickCoarse(arena, Date.now() * 1e6);
arena.owner = 7;
const handle = new ProcessHandle(arena, new ProcessTable(arena).allocate(7, 1));
const tree = new Tree(arena, handle);
const files = new OpenFiles(arena, { releaseInode: (inode) => tree.release(inode), releaseHandle: () => undefined }, handle.address);
const fds = new FdTable(arena, files, handle.address);
const guest = new WebAssembly.Memory({ initial: 32 });
const window = new MemoryWindow(arena, guest);
const encoder = new TextEncoder();
const only = process.env['ONLY'];

function drain(): void {
  const cut = keeper.cut();
  if (cut) keeper.settle(cut.dirty);
}

function bench(name: string, count: number, run: (i: number) => void, reset: () => void = () => undefined): void {
  if (only && only !== name) return;
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    reset();
    drain();
    const from = performance.now();
    for (let i = 0; i < count; i++) run(i);
    times.push(((performance.now() - from) * 1e6) / count);
  }
  times.splice(0, 2);
  const [least, median] = [times.sort((a, b) => a - b)[0]!, times[3]!];
  console.warn(`${name.padEnd(24)} ${median.toFixed(1).padStart(8)} ns, at best ${least.toFixed(1)}`);
}

function open(path: Uint8Array, flags: number): number {
  handle.enter();
  const inode = tree.openAt(root, root, path, 0, path.length, flags, true, true);
  if (inode < 0) throw new Error(`open: ${inode}`);
  const fd = fds.install(files.create(OfdKind.FILE, inode, OfdFlag.READ | OfdFlag.WRITE, root));
  handle.leave();
  return fd;
}

function close(fd: number): void {
  handle.enter();
  fds.close(fd);
  handle.leave();
}

const path = encoder.encode('dir/file-with-a-name.txt');
const fresh = encoder.encode('dir/new');
tree.ops.mkdirAt(root, 0, path, 0, 3);
const file = files.object(fds.get(open(path, OpenFlag.CREATE)));
for (let i = 0; i < 16; i++) tree.append(file, window, 0, 65536);

bench('stat', 300_000, () => void tree.statAt(root, root, path, 0, path.length, true, window, 1024));
bench('open+close', 300_000, () => close(open(path, 0)));
bench('create+write+unlink', 30_000, () => {
  const fd = open(fresh, OpenFlag.CREATE);
  tree.write(files.object(fds.get(fd)), 0, window, 0, 10);
  close(fd);
  tree.ops.unlinkAt(root, root, fresh, 0, fresh.length);
});
bench('create+unlink', 30_000, () => {
  close(open(fresh, OpenFlag.CREATE));
  tree.ops.unlinkAt(root, root, fresh, 0, fresh.length);
});
bench('append 100', 200_000, () => void tree.append(file, window, 0, 100), () => void tree.truncate(file, 1 << 20));
bench('read 4 KiB', 200_000, (i) => void tree.read(file, (i & 255) * 4096, window, 4096, 4096));
bench('pread 4 KiB random', 200_000, (i) => void tree.read(file, ((Math.imul(i, 2654435761) >>> 12) & 255) * 4096, window, 4096, 4096));
bench('read 64 KiB', 20_000, (i) => void tree.read(file, (i & 15) * 65536, window, 65536, 65536));
bench('write 4 KiB (again)', 100_000, (i) => void tree.write(file, (i & 255) * 4096, window, 4096, 4096));
bench('write 4 KiB (growing)', 16_384, (i) => void tree.write(file, i * 4096, window, 4096, 4096), () => void tree.truncate(file, 0));
bench('setTimes', 100_000, () => void tree.setTimes(file, 5n, 5n));
const listed = encoder.encode('list');
tree.ops.mkdirAt(root, 0, listed, 0, 4);
for (let i = 0; i < 10_000; i++) {
  const name = encoder.encode(`list/entry-${i}`);
  close(open(name, OpenFlag.CREATE));
}
const list = tree.walk(root, 0, listed, 0, 4, true);
bench('readdir, an entry', 100_000, (i) => {
  if (i % 10_000 !== 0) return;
  for (let cookie = 0; ;) {
    const used = tree.readdir(list, root, cookie, window, 65536, 65536);
    if (used < 65536) return;
    let at = 65536;
    while (at + 24 <= 131072 && at + 24 + window.view.getUint32(at + 16, true) <= 131072) {
      cookie = window.view.getUint32(at, true);
      at += 24 + window.view.getUint32(at + 16, true);
    }
  }
});
