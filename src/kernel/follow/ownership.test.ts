import { afterEach, expect, it } from 'vitest';
import type { KernelApi } from '../../shared/abi/index.ts';
import { bootKernel, type RunningKernel } from '../boot.ts';
import type { StoreBatch } from '../contract/index.ts';
import { MemoryKvBackend, MemoryKvDisk } from '../kv/index.ts';
import { MemoryDisk, MemoryStore } from '../storage/index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class AnnouncingStore extends MemoryStore {
  onCommitted = (): void => undefined;

  override async commit(batch: StoreBatch): Promise<void> {
    await super.commit(batch);
    this.onCommitted();
  }
}

/** Tabs over one disk, with locks in memory: stealing waits until the former owner has let go, as with the browser's. */
class Tabs {
  readonly disk = new MemoryDisk();
  readonly #kv = new MemoryKvDisk();
  readonly #listeners = new Map<RunningKernel | null, () => void>();
  readonly kernels: RunningKernel[] = [];
  #owner: RunningKernel | null = null;
  #stealing: Promise<void> = Promise.resolve();

  async open(): Promise<RunningKernel> {
    const readOnly = this.#owner !== null;
    const store = new AnnouncingStore(this.disk);
    let listener = (): void => undefined;
    const kernel: RunningKernel = await bootKernel({
      name: 'test', readOnly,
      openStore: () => store,
      manifest: async () => ({ version: 1, entries: ['/home', '/tmp', '/dev', '/proc', '/bus', '/logs', '/history', '/branch'].map((path) => ({ path, kind: 'directory' as const })) }),
      base: { fetchBytes: async () => new Uint8Array(0), sha256: async () => '' },
      workers: { spawn: () => ({ post: () => undefined, onMessage: () => undefined, onError: () => undefined, terminate: () => undefined, dispose: () => undefined }) },
      clock: { realtime: () => BigInt(Date.now()) * 1_000_000n, monotonic: () => performance.now() },
      random: { fill: () => undefined },
      yield: async () => undefined,
      arena: { pages: 512, maxPages: 1024 },
      kv: { kind: 'indexeddb', open: () => new MemoryKvBackend(this.#kv) },
      tabs: {
        onAnnounced: (told) => void (listener = told),
        ownerGone: () => new Promise(() => undefined),
      },
      steal: (own) => {
        const stolen = this.#stealing.then(async () => {
          await this.#owner?.loseOwnership();
          await own();
          this.#owner = kernel;
        });
        this.#stealing = stolen.catch(() => undefined);
        return stolen;
      },
    });
    this.#listeners.set(kernel, () => listener());
    store.onCommitted = () => {
      for (const [each, listen] of this.#listeners) if (each !== kernel) setTimeout(listen);
    };
    if (readOnly) await store.refresh('another tab');
    else this.#owner = kernel;
    this.kernels.push(kernel);
    return kernel;
  }
}

const tabs: Tabs[] = [];
afterEach(async () => {
  for (const { kernels } of tabs.splice(0)) for (const kernel of kernels) await kernel.shutdown().catch(() => undefined);
});

async function tree(api: KernelApi, path = '/home'): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, kind } of await api.readdir(path)) {
    const at = `${path}/${name}`;
    if (kind === 'directory') for (const [below, text] of await tree(api, at)) found.set(below, text);
    else found.set(at, decoder.decode(await api.readFile(at)));
  }
  return found;
}

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; !(await check().catch(() => false)); tried++) {
    if (tried > 500) throw new Error('it does not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('FO5 FO6 a follower reads what the owner commits as it comes, and writes nothing', async () => {
  const both = new Tabs();
  tabs.push(both);
  const [{ api: owner }, { api: follower }] = [await both.open(), await both.open()];
  await owner.writeFile('/home/a', encoder.encode('1'));
  await until(async () => decoder.decode(await follower.readFile('/home/a')) === '1');
  await owner.mkdir('/home/d/e', { recursive: true });
  await owner.rename('/home/a', '/home/d/e/b');
  await owner.kvSet('t', 'k', encoder.encode('v'));
  await until(async () => decoder.decode(await follower.readFile('/home/d/e/b')) === '1');
  expect([...(await tree(follower)).keys()]).toEqual(['/home/d/e/b']);
  expect(decoder.decode((await follower.kvGet('t', 'k'))!)).toBe('v');
  for (const change of [follower.writeFile('/home/x', new Uint8Array(1)), follower.rm('/home/d/e/b'), follower.mkdir('/home/y'), follower.kvSet('t', 'k', new Uint8Array(1))]) {
    await expect(change).rejects.toMatchObject({ code: 'EROFS' });
  }
  expect(await follower.workspace()).toMatchObject({ mode: 'read-only' });
});

it('FO6 a stack of layers that becomes another is followed as well', async () => {
  const both = new Tabs();
  tabs.push(both);
  const [{ api: owner }, { api: follower }] = [await both.open(), await both.open()];
  for (const name of ['one', 'two']) {
    await owner.mkdir(`/home/${name}`);
    await owner.writeFile(`/home/${name}/file`, encoder.encode(name));
    await owner.layerPush(name);
  }
  await owner.writeFile('/home/one/file', encoder.encode('changed'));
  await owner.layerCommit();
  await until(async () => (await tree(follower)).get('/home/one/file') === 'changed');
  expect(await tree(follower)).toEqual(await tree(owner));
  await follower.takeOver();
  await follower.writeFile('/home/two/file', encoder.encode('mine'));
  await until(async () => (await tree(owner)).get('/home/two/file') === 'mine');
  expect((await follower.layerList()).map(({ name }) => name)).toEqual((await owner.layerList()).map(({ name }) => name));
});

it('FO4 FO11 FO12 FO13 hand-overs under load, to and fro: what was acknowledged is there, once, and all tabs show the same', async () => {
  const three = new Tabs();
  tabs.push(three);
  const kernels = [await three.open(), await three.open(), await three.open()];
  // What the kernel has for itself in the arena.
  const own = kernels.map((kernel) => kernel.check().faults);
  const acknowledged = new Map<string, string>();
  let done = false;
  const writing = kernels.map(async ({ api }, tab) => {
    for (let i = 0; !done; i++) {
      const path = `/home/${tab}-${i % 25}`;
      const text = `${path} ${i} ${'x'.repeat(i % 7 === 0 ? 70_000 : 10)}`;
      await api.writeFile(path, encoder.encode(text)).then(() => acknowledged.set(path, text), () => acknowledged.delete(path));
      await api.kvSet('load', path, encoder.encode(text)).then(() => acknowledged.set(`kv ${path}`, text), () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  for (let turn = 1; turn <= 24; turn++) {
    await kernels[turn % 3]!.api.takeOver();
    expect((await kernels[turn % 3]!.api.workspace()).mode).toBe('owner');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  done = true;
  await Promise.all(writing);
  const last = await three.open();
  const wanted = await tree(last.api);
  for (const [path, text] of acknowledged) {
    if (path.startsWith('kv ')) expect(decoder.decode((await last.api.kvGet('load', path.slice(3)))!), path).toBe(text);
    else expect(wanted.get(path), path).toBe(text);
  }
  expect(acknowledged.size).toBeGreaterThan(40);
  const journal = await last.api.historyEntries({ limit: 10_000 });
  for (const [tab, kernel] of kernels.entries()) {
    await until(async () => JSON.stringify(await kernel.api.historyEntries({ limit: 10_000 })) === JSON.stringify(journal));
    await until(async () => JSON.stringify([...(await tree(kernel.api))].sort()) === JSON.stringify([...wanted].sort()));
    expect(kernel.check().faults).toEqual(own[tab]);
    expect((await kernel.api.notices()).filter(({ id }) => id !== 'ownership')).toEqual([]);
  }
  expect(await Promise.all(kernels.map(async ({ api }) => (await api.workspace()).mode))).toEqual(['owner', 'read-only', 'read-only']);
});
