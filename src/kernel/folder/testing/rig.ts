import type { KernelApi } from '../../../shared/abi/index.ts';
import { bootKernel, type RunningKernel } from '../../boot.ts';
import type { GuestWorker } from '../../contract/index.ts';
import { MemoryDisk, MemoryStore } from '../../storage/index.ts';
import { MemoryProvider, type MemoryFolderOptions } from '../index.ts';
import { MemoryFolderHost } from './memory-host.ts';

/** A worker that is ready and never runs anything: these tests are about files. */
function idleWorker(): GuestWorker {
  return {
    post: () => {}, terminate: () => {}, dispose: () => {}, onError: () => {},
    onMessage: (listener) => void setTimeout(() => listener({ type: 'ready' })),
  };
}

/** A whole kernel, and folders in memory that it can mount. */
export class FolderRig {
  readonly host: MemoryFolderHost;
  readonly disk: MemoryDisk;
  readonly kernel: RunningKernel;

  private constructor(host: MemoryFolderHost, disk: MemoryDisk, kernel: RunningKernel) {
    this.host = host;
    this.disk = disk;
    this.kernel = kernel;
  }

  static async boot(host = new MemoryFolderHost(), disk = new MemoryDisk()): Promise<FolderRig> {
    const kernel = await bootKernel({
      name: 'test', readOnly: false, folders: host,
      openStore: () => new MemoryStore(disk),
      manifest: async () => ({ version: 1, entries: ['/dev', '/home', '/proc', '/tmp'].map((path) => ({ path, kind: 'directory' })) }),
      base: { fetchBytes: async () => new Uint8Array(), sha256: async () => '' },
      workers: { spawn: idleWorker },
      clock: { realtime: () => BigInt(Date.now()) * 1_000_000n, monotonic: () => performance.now() },
      random: { fill: (bytes) => void bytes.fill(7) },
      yield: () => new Promise((resolve) => void setTimeout(resolve)),
      steal: async () => {},
      arena: { pages: 512, maxPages: 2048 },
    });
    return new FolderRig(host, disk, kernel);
  }

  get api(): KernelApi {
    return this.kernel.api;
  }

  /** A folder of the user's, with these files; mounted under its own name. */
  async mount(name: string, files: Record<string, string>, options?: MemoryFolderOptions): Promise<MemoryProvider> {
    const folder = this.folder(name, files, options);
    await this.api.folderMount(name, name);
    return folder;
  }

  folder(name: string, files: Record<string, string>, options?: MemoryFolderOptions): MemoryProvider {
    const folder = new MemoryProvider(options);
    for (const [path, text] of Object.entries(files)) folder.put(path, text);
    this.host.folders.set(name, folder);
    return folder;
  }

  async read(path: string): Promise<string> {
    return new TextDecoder().decode(await this.api.readFile(path));
  }

  write(path: string, text: string): Promise<void> {
    return this.api.writeFile(path, new TextEncoder().encode(text));
  }

  /** All files below `path`, by relative path. `stale`: what stands for one that the folder does not have any more; default: it fails. */
  async files(path: string, stale?: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const { name, kind } of await this.api.readdir(path)) {
      if (kind === 'file') found[name] = await this.read(`${path}/${name}`).catch((error: unknown) => {
        if (stale === undefined || (error as { code?: string }).code !== 'ESTALE') throw error;
        return stale;
      });
      else if (kind === 'directory') for (const [below, text] of Object.entries(await this.files(`${path}/${name}`, stale))) found[`${name}/${below}`] = text;
    }
    return found;
  }

  /** The same workspace and folders in the next session; `clean` false: as after a kill. */
  async again(clean = true): Promise<FolderRig> {
    if (clean) await this.kernel.shutdown();
    return FolderRig.boot(this.host, this.disk);
  }
}

/** The rigs of one test file: those that it boots, and those it is given to keep, until `end`. */
export function folderRigs() {
  const rigs: FolderRig[] = [];
  const kept = (rig: FolderRig): FolderRig => {
    rigs.push(rig);
    return rig;
  };
  return {
    kept,
    boot: async (): Promise<FolderRig> => kept(await FolderRig.boot()),
    end: async (): Promise<void> => void (await Promise.allSettled(rigs.splice(0).map(({ kernel }) => kernel.shutdown()))),
  };
}
