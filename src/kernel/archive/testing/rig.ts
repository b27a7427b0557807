import { Arena, KERNEL_PCB, ProcessHandle } from '../../../shared/arena/index.ts';
import { Tree, TreeKeeper } from '../../../shared/tree/index.ts';
import { TreeService } from '../../services/tree/index.ts';
import type { Node } from '../../contract/index.ts';
import type { ClosingSink } from '../streams.ts';
import { entriesOf } from '../place.ts';
import { exportTree, importBlob, Job, serviceSource, type ExportFormat, type ImportOptions, type ImportOutcome } from '../index.ts';

/** A volume of its own, in memory alone. */
export function makeVolume(pages = 1024): TreeService {
  const arena = Arena.create({ pages, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  keeper.format(1);
  return new TreeService({ name: 'tmp', dev: 2, tree, root: keeper.makeVolume(2, { volatile: true }), resolve: () => Promise.reject(new Error('nothing is missing')) });
}

export async function makeDirectory(service: TreeService, path: string): Promise<Node> {
  let node = service.root();
  for (const name of path.split('/').filter(Boolean)) {
    const dir = node;
    node = await Promise.resolve().then(() => service.lookup(dir, name)).catch(() => service.mkdir(dir, name));
  }
  return node;
}

export async function putFile(service: TreeService, path: string, data: string | Uint8Array, mtime?: bigint): Promise<Node> {
  const dir = await makeDirectory(service, path.split('/').slice(0, -1).join('/'));
  const node = await service.create(dir, path.split('/').at(-1)!);
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  for (let done = 0; done < bytes.length;) done += await service.write(node, done, bytes.subarray(done));
  if (mtime !== undefined) await service.setTimes(node, mtime, mtime);
  return node;
}

/** Collects what is written to it. */
export function collect(): ClosingSink & { blob(): Blob; bytes(): Promise<Uint8Array> } {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const blob = (): Blob => new Blob(parts);
  return {
    write: async (bytes) => void parts.push(bytes.slice() as Uint8Array<ArrayBuffer>),
    close: async () => undefined, abort: () => undefined, blob,
    bytes: async () => new Uint8Array(await blob().arrayBuffer()),
  };
}

export async function exportAll(service: TreeService, root: Node, format: ExportFormat, prefix = ''): Promise<Uint8Array> {
  const sink = collect();
  await exportTree({ format, what: { all: await serviceSource(service, root), prefix }, created: 0 }, sink, new Job());
  return sink.bytes();
}

export function importInto(service: TreeService, data: Blob | Uint8Array, options: Partial<ImportOptions> = {}): Promise<ImportOutcome> {
  const blob = data instanceof Blob ? data : new Blob([data as Uint8Array<ArrayBuffer>]);
  return importBlob(blob, { place: { service, dir: service.root(), name: 'in', path: '/in' }, label: 'test', room: 2 ** 40, job: new Job(), ...options });
}

export interface Seen {
  kind: string;
  mtime: bigint;
  data?: string;
  target?: string;
  /** The first path of the same file. */
  same?: string;
}

/** All below a directory, by path: what a round trip must keep. */
export async function look(service: TreeService, root: Node): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  const inos = new Map<number, string>();
  const visit = async (path: string, node: Node): Promise<void> => {
    const { kind, mtime, ino, size, nlink } = service.stat(node);
    const entry: Seen = { kind, mtime };
    if (kind === 'symlink') entry.target = service.readlink(node);
    if (kind === 'file') {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for (let at = 0; at < size;) {
        const part = await service.read(node, at, size - at);
        parts.push(part as Uint8Array<ArrayBuffer>);
        at += part.length;
      }
      entry.data = size > 10_000 ? await hash(new Blob(parts)) : await new Blob(parts).text();
    }
    if (kind !== 'directory' && nlink > 1) {
      if (inos.has(ino)) entry.same = inos.get(ino)!;
      else inos.set(ino, path);
    }
    seen[path] = entry;
    if (kind !== 'directory') return;
    const names: { name: string; node: Node }[] = [];
    for await (const child of entriesOf(service, node)) names.push(child);
    for (const child of names.sort((a, b) => (a.name < b.name ? -1 : 1))) await visit(path === '' ? child.name : `${path}/${child.name}`, child.node);
  };
  await visit('', root);
  return seen;
}

async function hash(blob: Blob): Promise<string> {
  return `${blob.size}:${Buffer.from(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())).toString('hex')}`;
}

/** A tree with one of everything that a round trip must keep. Times with nanoseconds. */
export async function makeSample(service: TreeService): Promise<Node> {
  const top = await makeDirectory(service, 'sample');
  const time = (n: number): bigint => 1_700_000_000_123_456_789n + BigInt(n) * 1_000_000_007n;
  await putFile(service, 'sample/a.txt', 'hello', time(1));
  await putFile(service, 'sample/sub/ünï ☃.txt', 'unicode', time(2));
  await putFile(service, `sample/sub/${'long-name-'.repeat(20)}.txt`, 'long', time(3));
  await putFile(service, `sample/${'deep-directory/'.repeat(20)}leaf`, 'deep', time(4));
  await putFile(service, 'sample/line\nbreak', 'name with a control character', time(5));
  await putFile(service, 'sample/old', 'before 1970', -1_500_000_000n);
  await putFile(service, 'sample/empty', '', time(6));
  const big = await putFile(service, 'sample/big', Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 2654435761) >>> 24), time(7));
  const holes = await putFile(service, 'sample/holes', 'start', undefined);
  service.truncate(holes, 5_000_000);
  await service.write(holes, 3_000_000, new TextEncoder().encode('middle'));
  service.setTimes(holes, time(8), time(8));
  service.link(top, 'hard', big);
  const link = await service.symlink(top, 'link', 'sub/ünï ☃.txt');
  service.setTimes(link, time(9), time(9));
  service.link(top, 'link2', link);
  await service.symlink(await makeDirectory(service, 'sample/sub'), 'up', '../a.txt');
  await service.symlink(top, 'dangling', `nowhere/${'x'.repeat(150)}`);
  service.setTimes(await makeDirectory(service, 'sample/nothing'), time(10), time(10));
  service.setTimes(await makeDirectory(service, 'sample/sub'), time(11), time(11));
  service.setTimes(top, time(12), time(12));
  return top;
}
