import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { bootKernel, type KernelHost, type RunningKernel } from '../kernel/boot.ts';
import type { FolderHost, HttpClient, Manifest, ManifestEntry } from '../kernel/contract/index.ts';
import { httpClient } from '../host/adapters/http-client.ts';
import { MemoryDisk, MemoryStore } from '../kernel/storage/index.ts';
import type { ExitStatus, KernelApi, SpawnOptions } from '../shared/abi/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import { guestBundle, ThreadSpawner } from './guest-threads.ts';
import { MachineTerminal } from './machine-terminal.ts';

const SAMPLES = new URL('../../public/samples/', import.meta.url);

const encoder = new TextEncoder();

export interface MachineOptions {
  /** What is on it survives from one machine to the next. Default: an empty one. */
  disk?: MemoryDisk;
  /** Default: the base layer that is shipped. */
  manifest?: Manifest;
  /** Folders that can be mounted. Default: none. */
  folders?: FolderHost;
  /** Default: the network of node, as the browser's adapter has it. */
  http?: HttpClient;
  /** Where pairs are kept, the audit log among them, from one machine to the next. Default: in memory, for this one. */
  kv?: KernelHost['kv'];
  /** Another store in the place of one on `disk`. */
  openStore?: KernelHost['openStore'];
}

export interface Outcome extends ExitStatus {
  stdout: string;
  stderr: string;
}

/**
 * The whole system in node: the kernel in this thread with a store in memory, each process in a worker thread of its own, the
 * base layer from `public/`. Only the browser's adapters are missing.
 */
export class Machine {
  readonly kernel: RunningKernel;
  readonly workers: ThreadSpawner;
  readonly disk: MemoryDisk;

  private constructor(kernel: RunningKernel, workers: ThreadSpawner, disk: MemoryDisk) {
    this.kernel = kernel;
    this.workers = workers;
    this.disk = disk;
  }

  static async boot({ disk = new MemoryDisk(), manifest, folders, http = httpClient, kv, openStore = () => new MemoryStore(disk) }: MachineOptions = {}): Promise<Machine> {
    const workers = new ThreadSpawner(await guestBundle());
    const kernel = await bootKernel({
      name: 'test', readOnly: false,
      openStore,
      manifest: async () => manifest ?? (JSON.parse(await readFile(new URL('index.json', SAMPLES), 'utf8')) as Manifest),
      base: { fetchBytes: shipped, sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex') },
      workers,
      clock: { realtime: () => BigInt(Date.now()) * 1_000_000n, monotonic: () => performance.now() },
      random: { fill: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) },
      yield: () => new Promise((resolve) => void setImmediate(resolve)),
      steal: async () => {},
      http,
      ...(folders && { folders }), ...(kv && { kv }),
    });
    return new Machine(kernel, workers, disk);
  }

  get api(): KernelApi {
    return this.kernel.api;
  }

  /** Runs a program of the namespace to its end, with its output as text. Default input: none. */
  async run(module: SpawnOptions['module'], args: string[] = [], { stdin = '', ...options }: Partial<Omit<SpawnOptions, 'stdin'>> & { stdin?: string } = {}): Promise<Outcome> {
    const reply = await this.api.spawn({ env: { LANG: 'C.UTF-8' }, ...options, module, args, stdio: 'pipe', stdin: encoder.encode(stdin) });
    const [stdout, stderr, status] = await Promise.all([text(reply.stdout!), text(reply.stderr!), this.api.wait(reply.pid)]);
    return { ...status, stdout, stderr };
  }

  /** A terminal with the shell in it. */
  async terminal(size = { columns: 80, rows: 24 }): Promise<MachineTerminal> {
    return new MachineTerminal(this.api, await this.api.openTty(size));
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await this.api.writeFile(path, typeof content === 'string' ? encoder.encode(content) : content);
  }

  async read(path: string): Promise<string> {
    return new TextDecoder().decode(await this.api.readFile(path));
  }

  /** Stops the kernel and every thread. */
  async dispose(): Promise<void> {
    await this.kernel.shutdown();
    await this.workers.end();
  }
}

async function shipped({ path, url, encoding }: ManifestEntry): Promise<Uint8Array> {
  if (url === undefined) throw new Error(`${path} has no url in the manifest`);
  const bytes = await readFile(fileURLToPath(new URL(url, SAMPLES)));
  return new Uint8Array(encoding === 'gzip' ? gunzipSync(bytes) : bytes);
}

async function text(port: MessagePort): Promise<string> {
  return new Response(receiveBytes(port)).text();
}
