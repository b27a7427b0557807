import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MapProcess, MapSnapshot, SizeNode, SizesBy } from '../../shared/abi/index.ts';
import { NO_GRANTS } from '../../shared/abi/index.ts';
import { Machine } from '../../testing/machine.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.api.mkdir('/home/lab');
  await machine.api.mkdir('/home/other');
  // The same program, but one of the user's.
  await machine.write('/home/sleep', await machine.api.readFile('/bin/coreutils'));
});

afterAll(() => machine.dispose());

const sleeper = async (options = {}): Promise<number> => (await machine.api.spawn({ module: '/home/sleep', name: 'sleep', args: ['60'], stdin: new Uint8Array(0), ...options })).pid;
const end = async (pid: number): Promise<void> => {
  await machine.api.kill(pid, 'KILL');
  await machine.api.wait(pid);
};
const find = (snapshot: MapSnapshot, pid: number): MapProcess => snapshot.processes.items.find((one) => one.pid === pid)!;

describe('snapshot', () => {
  test('MP1 services, layers from the bottom to the top, the usual mounts', async () => {
    const snapshot = await machine.api.mapSnapshot();
    expect(snapshot.layers.map(({ kind }) => kind)).toEqual(['base', 'upper']);
    expect(snapshot.layers[0]!.entries).toBeGreaterThan(50);
    expect(snapshot.layers[1]!.entries).toBeGreaterThanOrEqual(3);
    expect(snapshot.mounts.items.map(({ path }) => path)).toEqual(expect.arrayContaining(['/', '/tmp', '/dev', '/proc', '/bus']));
    expect(snapshot.mounts.items.every(({ usual, services }) => usual && services.every((id) => snapshot.services.some((one) => one.id === id)))).toBe(true);
    expect(snapshot.mounts.items.find(({ path }) => path === '/proc')).toMatchObject({ kind: 'mount' });
  });

  test('MP2 processes share the usual mounts; a bind is only its own, with its source', async () => {
    const plain = await sleeper();
    const bound = await sleeper({ namespace: { '/home/lab': '/home/other' } });
    const snapshot = await machine.api.mapSnapshot();
    const own = find(snapshot, bound).mounts.filter((id) => !find(snapshot, plain).mounts.includes(id));
    expect(own.map((id) => snapshot.mounts.items.find((one) => one.id === id))).toEqual([expect.objectContaining({ path: '/home/lab', kind: 'bind', source: '/home/other', usual: false })]);
    expect(find(snapshot, plain)).toMatchObject({ name: 'sleep', args: ['60'], trust: 'unknown' });
    await end(plain);
    await end(bound);
  });

  test('MP3 grants as they are held; what was revoked is out, what has ended has none', async () => {
    const pid = await sleeper({ permissions: { ...NO_GRANTS, files: [{ path: '/home/lab/**', rights: ['read'] }], publish: ['news.>'], http: [{ host: 'example.org', methods: ['GET'] }] } });
    const held = find(await machine.api.mapSnapshot(), pid).grants.items;
    expect(held.map(({ action }) => action.kind).sort()).toEqual(['file', 'http', 'publish']);
    await machine.api.grantRevoke(pid, held.find(({ action }) => action.kind === 'publish')!.id);
    expect(find(await machine.api.mapSnapshot(), pid).grants.items).toHaveLength(2);
    await end(pid);
    expect(find(await machine.api.mapSnapshot(), pid)).toMatchObject({ state: 'exited', code: 137, mounts: [], grants: { items: [], more: 0 } });
  });

  test('MP1 a program in a session has a tree of its own, and 10 000 subjects are bounded', async () => {
    const { api } = machine;
    const pid = await sleeper({ overlay: 'session' });
    const many = await Promise.all(Array.from({ length: 200 }, (_, at) => api.subscribe(`many.${at}.\u202e<b>`, { capacity: 1 }).catch(() => api.subscribe(`many.n${at}.>`, { capacity: 1 }))));
    const snapshot = await api.mapSnapshot();
    const process = find(snapshot, pid);
    expect(process.overlay).toBeTruthy();
    const root = snapshot.mounts.items.find(({ id, path }) => path === '/' && process.mounts.includes(id))!;
    expect(root.usual).toBe(false);
    expect(snapshot.services.find(({ id }) => id === root.services[0])!.line).toBe(process.overlay);
    expect(snapshot.subjects.items.length).toBeLessThanOrEqual(128);
    expect(snapshot.subjects.more).toBeGreaterThan(50);
    expect(snapshot.subjects.items.find(({ pattern }) => pattern.startsWith('many.'))!.listeners).toEqual([{ pid: 0 }]);
    for (const { id, port } of many) {
      await api.unsubscribe(id);
      port.close();
    }
    await end(pid);
  });

  test('MP1 who listens on a port, and who is connected to it', async () => {
    const pid = await sleeper({ listen: ['127.0.0.1:8123'] });
    const { readable, writable, closed } = await machine.api.connect(8123);
    const { ports } = await machine.api.mapSnapshot();
    expect(ports.items).toEqual([{ port: 8123, listeners: [pid], connections: [] }]);
    for (const port of [readable, writable, closed]) port.close();
    await end(pid);
    expect((await machine.api.mapSnapshot()).ports.items).toEqual([]);
  });
});

describe('traffic', () => {
  test('MP4 MP5 the first call begins; then changes by directory', async () => {
    const { api } = machine;
    expect(await api.mapTraffic()).toEqual({ elapsed: 0, processes: [], files: [], messages: [], uses: [] });
    await machine.run('/bin/sh', ['-c', 'for i in 1 2 3; do echo $i > /home/lab/f$i; done; cat /home/lab/f1']);
    await api.sync();
    const { elapsed, files } = await api.mapTraffic();
    expect(elapsed).toBeGreaterThan(0);
    const written = files.filter(({ path }) => path === '/home/lab').reduce((sum, { writes }) => sum + writes, 0);
    expect(written).toBeGreaterThanOrEqual(3);
    expect(files.every(({ pid }) => Number.isSafeInteger(pid))).toBe(true);
  });

  test('MP4 messages by who listens to what, and calls by process', async () => {
    const { api } = machine;
    const { id, port } = await api.subscribe('lab.>', { queue: 'lab' });
    await api.mapTraffic();
    await api.publish('lab.one', 'x');
    const { pid } = await api.spawn({ module: '/bin/sh', args: ['-c', 'echo begun; read y'], stdin: 'stream', cwd: '/' });
    const seen: number[] = [];
    for (let turn = 0; turn < 200 && !(seen[0]! > 0 && seen[1]! > 0); turn++) {
      const { messages, processes } = await api.mapTraffic();
      seen[0] = (seen[0] ?? 0) + (messages.find((one) => one.pid === 0 && one.pattern === 'lab.>')?.bytes ?? 0);
      seen[1] = (seen[1] ?? 0) + (processes.find((one) => one.pid === pid)?.calls ?? 0);
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
    expect(seen).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Math.min(...seen)).toBeGreaterThan(0);
    await api.unsubscribe(id);
    port.close();
    await end(pid);
  });
});

describe('sizes', () => {
  const total = ({ bytes, children }: SizeNode): boolean => !children || (children.reduce((sum, child) => sum + child.bytes, 0) === bytes && children.every(total));

  test('MP6 MP7 by layer, by run and by kind the sums agree', async () => {
    const shipped = (await machine.api.mapSizes('/home', 'kind')).groups.find(({ key }) => key === 'data')!;
    await machine.api.layerPush('mine');
    await machine.write('/home/lab/big.csv', new Uint8Array(500_000));
    const outcome = await machine.run('/bin/sh', ['-c', 'cat /home/lab/big.csv > /home/other/copy.bin']);
    const reports = await Promise.all((['layer', 'run', 'kind'] as const).map((by) => machine.api.mapSizes('/home', by)));
    for (const { root, groups } of reports) {
      expect(root.bytes).toBeGreaterThan(1_000_000);
      expect(root.bytes).toBe(reports[0]!.root.bytes);
      expect(groups.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(root.bytes);
      expect(total(root)).toBe(true);
    }
    const [byLayer, byRun, byKind] = reports;
    expect(byLayer!.groups.map(({ label }) => label)).toEqual(expect.arrayContaining(['mine', 'upper']));
    expect(outcome.code).toBe(0);
    expect(byRun!.groups.find(({ label }) => /run \d/.test(label))).toMatchObject({ bytes: 500_000, files: 1 });
    expect(byRun!.groups.find(({ label }) => label === 'you')!.bytes).toBeGreaterThan(500_000);
    expect(byKind!.groups.find(({ key }) => key === 'data')).toMatchObject({ bytes: shipped.bytes + 1_000_000, files: shipped.files + 2 });
  });

  test('MP6 the largest of a directory, the rest as others', async () => {
    await machine.api.mkdir('/home/many');
    await Promise.all(Array.from({ length: 120 }, (_, at) => machine.write(`/home/many/f${at}`, 'x'.repeat(at + 1))));
    const { root } = await machine.api.mapSizes('/home/many', 'kind');
    expect(root.children).toHaveLength(48);
    expect(root.children!.at(-1)).toMatchObject({ kind: 'others', files: 73, bytes: (73 * 74) / 2 });
    expect(root).toMatchObject({ files: 120, bytes: (120 * 121) / 2 });
  });

  test('what is no directory, and arguments that are none', async () => {
    const fault = (path: unknown, by: unknown = 'layer'): Promise<string> => machine.api.mapSizes(path as string, by as SizesBy).then(() => 'none', (error: unknown) => (error as { code: string }).code);
    expect(await fault('/nowhere')).toBe('ENOENT');
    expect(await fault('/home/sleep')).toBe('ENOTDIR');
    expect(await fault('home')).toBe('EINVAL');
    expect(await fault(7)).toBe('EINVAL');
    expect(await fault('/', 'colour')).toBe('EINVAL');
  });
});
