import { afterEach, describe, expect, it } from 'vitest';
import type { BusMessage, FsChanged } from '../shared/abi/index.ts';
import { bootKernel, type RunningKernel } from './boot.ts';
import type { GuestWorker, Manifest } from './contract/index.ts';
import { MemoryDisk, MemoryStore } from './storage/index.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const SHIPPED = encode('shipped');
const manifest: Manifest = {
  version: 1,
  entries: [
    ...['/bin', '/branch', '/bus', '/dev', '/history', '/home', '/logs', '/proc', '/tmp'].map((path) => ({ path, kind: 'directory' as const })),
    { path: '/home/shipped.txt', kind: 'file', size: SHIPPED.length, url: 'shipped.txt', encoding: 'identity', sha256: 'same' },
  ],
};

/** A worker that is ready and never runs anything: these tests are about files. */
function idleWorker(): GuestWorker {
  return {
    post: () => {}, terminate: () => {}, dispose: () => {}, onError: () => {},
    onMessage: (listener) => void setTimeout(() => listener({ type: 'ready' })),
  };
}

const running: RunningKernel[] = [];

async function boot(disk = new MemoryDisk(), options: { readOnly?: boolean; quota?: number } = {}): Promise<RunningKernel> {
  const kernel = await bootKernel({
    name: 'test', readOnly: options.readOnly ?? false,
    openStore: () => new MemoryStore(disk, options.quota === undefined ? {} : { quota: options.quota }),
    manifest: async () => manifest,
    base: { fetchBytes: async () => SHIPPED, sha256: async () => 'same' },
    workers: { spawn: idleWorker },
    clock: { realtime: () => BigInt(Date.now()) * 1_000_000n, monotonic: () => performance.now() },
    random: { fill: (bytes) => void bytes.fill(7) },
    yield: () => new Promise((resolve) => void setTimeout(resolve)),
    steal: async () => {},
    arena: { pages: 512, maxPages: 1024 },
  });
  running.push(kernel);
  return kernel;
}

afterEach(async () => {
  await Promise.allSettled(running.splice(0).map((kernel) => kernel.shutdown()));
});

describe('the kernel, whole', () => {
  it('BT8 who is in a hurry is told of the workspace without the count of its changes', async () => {
    const disk = new MemoryDisk();
    await (await boot(disk)).api.writeFile('/home/mine', encode('1'));
    const { api } = await boot(disk);
    const quick = await api.workspace(true);
    expect(quick).toMatchObject({ mode: 'owner', changes: 0 });
    const { changes, journalEntries } = await api.workspace();
    expect(changes).toBeGreaterThan(0);
    expect(journalEntries).toBe(quick.journalEntries);
    expect((await api.workspace(true)).changes).toBe(changes);
  });

  it('BT1 shows the base layer, takes changes, and has them after a start without a clean end', async () => {
    const disk = new MemoryDisk();
    const { api } = await boot(disk);
    expect(decode(await api.readFile('/home/shipped.txt'))).toBe('shipped');
    expect(await api.stat('/home/shipped.txt')).toMatchObject({ kind: 'file', size: 7, origin: 'base' });
    await api.mkdir('/home/a/b', { recursive: true });
    await api.writeFile('/home/a/b/c.txt', encode('hello'));
    await api.writeFile('/home/shipped.txt', encode('written over'));
    await api.symlink('a/b', '/home/link');
    await api.rename('/home/a/b/c.txt', '/home/a/d.txt');
    await api.writeFile('/tmp/gone.txt', encode('x'));

    const again = (await boot(disk)).api;
    expect(decode(await again.readFile('/home/a/d.txt'))).toBe('hello');
    expect(decode(await again.readFile('/home/shipped.txt'))).toBe('written over');
    expect(await again.stat('/home/shipped.txt')).toMatchObject({ origin: 'changed' });
    expect(await again.readlink('/home/link')).toBe('a/b');
    expect((await again.readdir('/home')).map(({ name }) => name).sort()).toEqual(['a', 'link', 'shipped.txt']);
    await expect(again.stat('/tmp/gone.txt')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('BT2 a deletion of a shipped file is a whiteout that stays, and is listed as deleted', async () => {
    const disk = new MemoryDisk();
    await (await boot(disk)).api.rm('/home/shipped.txt');
    const { api } = await boot(disk);
    await expect(api.readFile('/home/shipped.txt')).rejects.toMatchObject({ code: 'ENOENT', path: '/home/shipped.txt' });
    expect(await api.readdir('/home')).toEqual([]);
    expect(await api.readdir('/home', { deleted: true })).toMatchObject([{ name: 'shipped.txt', origin: 'deleted' }]);
    expect(await api.changes('/', 10)).toEqual([{ path: '/home/shipped.txt', origin: 'deleted', kind: 'file', size: 7 }]);
  });

  it('BT3 tells the bus of changes once they are stored', async () => {
    const { api } = await boot();
    const { port } = await api.subscribe('fs.changed.>');
    const messages: BusMessage[] = [];
    port.onmessage = (event) => {
      const batch = event.data as BusMessage[];
      messages.push(...batch);
      port.postMessage(batch.length);
    };
    await api.writeFile('/home/new.txt', encode('x'));
    await expect.poll(() => messages.flatMap((message) => (message.data as FsChanged).changes.map(({ op, path }) => `${op} ${path}`)))
      .toEqual(expect.arrayContaining(['create /home/new.txt', 'write /home/new.txt']));
    expect(messages[0]!.subject).toBe('fs.changed.home');
    port.close();
  });

  it('BT4 a read-only workspace refuses changes, but for memory, and says why', async () => {
    const { api } = await boot(new MemoryDisk(), { readOnly: true });
    await expect(api.writeFile('/home/x', encode('x'))).rejects.toMatchObject({ code: 'EROFS' });
    await expect(api.rm('/home/shipped.txt')).rejects.toMatchObject({ code: 'EROFS' });
    await api.writeFile('/tmp/x', encode('x'));
    expect(decode(await api.readFile('/tmp/x'))).toBe('x');
    expect(await api.workspace()).toMatchObject({ mode: 'read-only' });
    expect(await api.notices()).toMatchObject([{ id: 'ownership', action: 'take-over' }]);
  });

  it('BT5 a full store: ENOSPC, a notice, and what was acknowledged stays', async () => {
    const disk = new MemoryDisk();
    const { api } = await boot(disk, { quota: 600_000 });
    await api.writeFile('/home/kept.txt', encode('kept'));
    await expect(api.writeFile('/home/big', new Uint8Array(2_000_000).map((_, i) => Math.imul(i, 2654435761) >>> 24))).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect.poll(async () => (await api.notices()).map(({ id }) => id)).toContain('store');
    const again = (await boot(disk)).api;
    expect(decode(await again.readFile('/home/kept.txt'))).toBe('kept');
  });

  it('BT7 /tmp is full at a quarter of the arena, and the rest goes on', async () => {
    const { api } = await boot();
    await expect(api.writeFile('/tmp/big', new Uint8Array(20 << 20))).rejects.toMatchObject({ code: 'ENOSPC' });
    await api.rm('/tmp/big');
    await api.writeFile('/tmp/small', new Uint8Array(8 << 20));
    await api.writeFile('/home/kept', encode('kept'));
    expect(decode(await api.readFile('/home/kept'))).toBe('kept');
  });

  it('BT6 devices and processes are files', async () => {
    const { api } = await boot();
    expect(Array.from(await api.readRange('/dev/zero', 0, 4))).toEqual([0, 0, 0, 0]);
    expect(Array.from(await api.readRange('/dev/random', 0, 3))).toEqual([7, 7, 7]);
    expect((await api.readdir('/dev')).map(({ name }) => name)).toEqual(expect.arrayContaining(['null', 'zero', 'full', 'random', 'urandom', 'tty']));
    expect(decode(await api.readFile('/proc/version'))).toMatch(/^\d/);
  });
});
