import { expect, test } from 'vitest';
import { Arena, FdTable, OfdKind, OpenFiles, ProcessHandle, VIA_MASK } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { FOREIGN, Tree } from '../../shared/tree/index.ts';
import type { ProcessRecord } from './process-record.ts';
import { EMPTY_COMMAND, Rig, turn } from './testing/rig.ts';

const encoder = new TextEncoder();
const NAMES = ['a', 'b', 'c'];

/** A small generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The kernel's walk by mounts and nodes and the guest's walk by a record in the arena are two programs for the same rules. */
class Pair {
  readonly record: ProcessRecord;
  readonly tree: Tree;
  readonly files: OpenFiles;
  readonly fds: FdTable;
  readonly rig: Rig;
  /** How the last walks ended, for the log of a failure. */
  last = '';

  constructor(rig: Rig, record: ProcessRecord) {
    this.rig = rig;
    this.record = record;
    const arena = Arena.attach(rig.arena.memory);
    this.tree = new Tree(arena, new ProcessHandle(arena, record.pcb));
    this.files = new OpenFiles(arena, { releaseInode: (inode) => this.tree.release(inode), releaseHandle: () => {} });
    this.fds = new FdTable(arena, this.files, record.pcb);
  }

  /** The inode, `FOREIGN`, or the name of what is wrong. */
  inArena(fd: number, path: string): number | string {
    const ofd = this.fds.get(fd);
    const bytes = encoder.encode(path);
    const found = this.tree.walk(this.files.object(ofd), this.files.confine(ofd), bytes, 0, bytes.length, true);
    this.last = `guest ${found}`;
    return found >= 0 || found === FOREIGN ? found : 'refused';
  }

  async inKernel(fd: number, path: string): Promise<{ inode: number; via: number } | string> {
    try {
      const { from, confine } = await this.rig.descriptors.base(this.record, fd);
      const { mount, node } = await this.record.namespace.walk(path, { from, confine });
      return { inode: mount.service.inode?.(node) ?? 0, via: this.record.mirrored!.slotOf(mount) };
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.last += `, kernel ${error.code}`;
      return 'refused';
    }
  }

  /** As the guest opens a directory that it walked to. */
  opendir(fd: number, inode: number): number {
    const confine = this.files.confine(this.fds.get(fd));
    const packed = confine - (confine & VIA_MASK) + this.tree.walker.via;
    this.tree.retain(inode);
    return this.fds.install(this.files.create(OfdKind.DIRECTORY, inode, 1, packed), 3);
  }
}

test.each([11, 12, 13, 14])('BN4 BN5: guest and kernel walk the same way through any binds (seed %i)', async (seed) => {
  const next = random(seed);
  const pick = <T>(among: readonly T[]): T => among[Math.floor(next() * among.length)] as T;
  const place = (): string => `/${Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(NAMES)).join('/')}`;
  const rig = await Rig.make({ p: () => {} });
  for (const x of NAMES) for (const y of NAMES) for (const z of NAMES) await rig.files.mkdir(`/${x}/${y}/${z}`, { recursive: true });
  await rig.files.symlink('../b', '/a/b/link');
  await rig.files.symlink('/c', '/b/link');
  const pairs: Pair[] = [];
  for (let n = 0; n < 3; n++) {
    const { pid } = await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p', cwd: '/a' });
    pairs.push(new Pair(rig, rig.processes.get(pid)!));
  }
  const log: string[] = [];
  let [walked, bound] = [0, 0];
  for (let round = 0; round < 1500; round++) {
    const pair = pick(pairs);
    const who = pairs.indexOf(pair);
    if (next() < 0.12) {
      const [from, to] = [next() < 0.1 ? '/mem' : place(), place()];
      const request = next() < 0.3 ? ({ op: 'unbind', to } as const) : ({ op: 'bind', from, to, where: 'replace' } as const);
      const done = await Promise.resolve(rig.syscalls.handle(pair.record.pcb, request, new Uint8Array())).then(() => 'done', (error: unknown) => (error as FsError).code);
      if (done === 'done') bound++;
      log.push(`${who} ${request.op} ${request.op === 'bind' ? from : ''} ${to}: ${done}`);
      continue;
    }
    const open = [3, 4, ...Array.from({ length: 20 }, (_, at) => at + 8)].filter((fd) => pair.fds.get(fd) !== 0 && pair.files.kind(pair.fds.get(fd)) === OfdKind.DIRECTORY);
    const fd = pick(open);
    const path = Array.from({ length: 1 + Math.floor(next() * 5) }, () => pick([...NAMES, '..', '..', 'link'])).join('/');
    const guest = pair.inArena(fd, path);
    const { via } = pair.tree.walker;
    const kernel = await pair.inKernel(fd, path);
    const seen = rigSlots(pair, fd);
    const context = `round ${round}: ${who} walks ${path} from ${fd} ${seen} (${pair.last})\n${log.join('\n')}`;
    if (guest === FOREIGN) continue;
    walked++;
    if (typeof guest === 'string' || typeof kernel === 'string') {
      expect(typeof guest === 'string' ? guest : 'found', context).toBe(typeof kernel === 'string' ? kernel : 'found');
      continue;
    }
    expect({ inode: guest, via }, context).toEqual(kernel);
    if (next() < 0.2 && open.length < 20) {
      pair.inArena(fd, path);
      log.push(`${who} opens ${path} from ${fd} as ${pair.opendir(fd, guest)}`);
    } else if (next() < 0.1 && fd > 7) {
      pair.fds.close(fd);
      log.push(`${who} closes ${fd}`);
    }
  }
  expect([walked > 800, bound > 30]).toEqual([true, true]);
  await Promise.all(pairs.map(({ record }) => rig.processes.kill(record.pid, 'KILL')));
  await turn(20);
  await expect.poll(() => rig.mirror.size).toBe(1);
  expect(rig.leaks().filter((one) => !String(one).includes('allocations'))).toEqual([]);
  rig.processes.dispose();
});

function rigSlots(pair: Pair, fd: number): string {
  const packed = pair.files.confine(pair.fds.get(fd));
  return `via ${packed & VIA_MASK}, below ${packed >>> 6 << 6 >>> 0} of ${Math.floor(packed / 2 ** 32)}, mounts ${pair.record.namespace.table().map((mount) => `${pair.record.mirrored!.slotOf(mount)}:${mount.path}=${mount.service.inode?.(mount.root)}`).join(' ')}`;
}
