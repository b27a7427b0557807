import { NO_GRANTS, type ComponentGrants, type DirEntry, type FsckReport, type KernelApi, type Limits, type NodeKind, type Origin, type Point, type ProcessInfo, type ProgramGrants, type Stat } from '../../shared/abi/index.ts';
import { joinPath } from '../../shared/base/index.ts';
import { receiveBytes, sendBytes } from '../../shared/link/index.ts';
import { createFolders, type Folders } from './folders.ts';
import { createKv, type Kv } from './kv.ts';
import type { KernelClient } from './kernel-client.ts';
import { createArchive, type PalimpsestArchive } from './palimpsest-archive.ts';
import { createAuthority, type PalimpsestAuthority } from './palimpsest-authority.ts';
import { createHistory, type PalimpsestHistory } from './palimpsest-history.ts';
import { fsck, type FsckRequest } from './palimpsest-fsck.ts';
import type { Backup } from './backup.ts';
import { createBus, type PalimpsestBus } from './palimpsest-bus.ts';
import { createBackup } from './palimpsest-backup.ts';
import { createStorage, type PalimpsestStorage } from './palimpsest-storage.ts';
import { createLayers, type PalimpsestLayers } from './palimpsest-layers.ts';
import { createTrace, type PalimpsestTrace } from './palimpsest-trace.ts';
import { resolveModule } from './resolve-module.ts';
import { connectStdin, stdinOption } from './stdin.ts';

/** How a run ended. `code` is 128 + signal for a killed process and 134 for a trap; `duration` is in milliseconds. */
export interface Exit {
  code: number;
  signal: string | null;
  reason: 'exit' | 'trap' | 'killed' | 'error' | 'limit';
  duration: number;
  /** The trap's or error's text, or which limit was met. */
  message?: string;
  /** With reason `limit`. */
  limit?: keyof Limits;
  /** What the run did to the namespace, counted when it ended. */
  changes?: { written: string[]; deleted: string[]; more: number };
  /** The session or branch in which it ran, where that differs from what it stands on: for `layers.merge`, `keep` or `drop`. */
  overlay?: string;
  /** Its number in the history, and for `authority.learned`. */
  run?: number;
}

export interface RunOptions {
  /**
   * An absolute URL (`URL`, or a string with a scheme) is fetched and compiled while it loads; any other string is a
   * path in the namespace; bytes and compiled modules are taken as they are. Of what comes compiled nobody knows the hash, so no rule can be for it and no answer
   * `always`: give bytes, or a URL with `permissions`, `learn`, `dryRun` or a limit on memory, which is then fetched as bytes.
   */
  module: string | URL | BufferSource | WebAssembly.Module;
  /** `argv[0]` and the name in listings. Default: the last part of the path or URL, else `a.out`. */
  name?: string;
  /** Without `argv[0]`. */
  args?: string[];
  env?: Record<string, string>;
  /** Default `/home`. */
  cwd?: string;
  /** guest path → namespace path: exactly what the guest can reach. Default `{'/': '/'}` and `cwd`. */
  preopens?: Record<string, string>;
  /** Left out: the process waits for what is written to `Run.stdin`, until that is closed. */
  stdin?: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Binds: at each directory (it must exist) the program, and what it starts, sees the other one. Default: none. */
  namespace?: Record<string, string>;
  /**
   * `'session'`: what the program, and what it starts, writes goes to a session of its own, with a `/tmp` of its own, and never reaches the workspace; when it
   * has ended the session is there to be kept, merged or dropped. The name of a session or a branch: it runs in that. Default: the workspace.
   */
  overlay?: string;
  /** The program sees the workspace as it was at this point, and can change nothing but its own `/tmp`. Not with `overlay`. */
  at?: Point;
  /**
   * Without `clocks` the program is told no time, without `entropy` no random bytes; with `connect` it can open `/dev/tcp/127.0.0.1/<port>`,
   * with `bind` `/dev/tcp/listen/<port>`.
   * Default: clocks and entropy.
   */
  grants?: Partial<ProgramGrants>;
  /**
   * What it may use: `memory` and `output` in bytes, `wall` and `cpu` in milliseconds, `files`, `processes`. `null`: no limit.
   * A limit on memory needs the module as bytes, URL or path: what is compiled already cannot be limited (`ENOTSUP`).
   */
  limits?: Partial<Limits>;
  /**
   * Addresses on the tab's loopback (`127.0.0.1:8080`) on which it listens: sockets as descriptors from 3 on, before the preopens, with
   * `NONBLOCK` set, as wasmtime's are, and `LISTEN_FDS`. Rejects with `EADDRINUSE` when another process listens there. Default: none.
   */
  listen?: string[];
  /**
   * Exactly what it may do, as it stands in `[grants]` of a `Component.toml`, what is left out is not granted; then `preopens` and `grants` do not count. Default: what its manifest declares, if there is
   * one beside it, else `preopens` and `grants`. What it is not granted is asked for (`authority.onApproval`).
   */
  permissions?: Partial<ComponentGrants>;
  /** `'ask'`: questions as ever; `'observe'`: all but HTTP is allowed. What it needed is told by `authority.learned`. Default: neither. */
  learn?: 'ask' | 'observe';
  /** In a session of its own, which nothing leaves: what it would have done is told by `authority.dryRun`. Default: false. */
  dryRun?: boolean;
}

export interface Run {
  readonly pid: number;
  /** The session or branch in which it runs. */
  readonly overlay?: string;
  /** Back-pressure reaches the program: read both streams, or cancel them. */
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Only where `stdin` was not given. */
  readonly stdin?: WritableStream<Uint8Array>;
  readonly exited: Promise<Exit>;
  /** Default signal `TERM`; `KILL` cannot be waited out. */
  kill(signal?: string): Promise<void>;
}

/** One end of a connection. Back-pressure goes both ways: read `readable`, or cancel it. Closing `writable` ends that direction only. */
export interface Connection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Both directions have ended. */
  readonly closed: Promise<void>;
}

/**
 * The page's API, `globalThis.palimpsest`. The panes use the same object.
 * Paths are absolute namespace paths. Failures are `Error`s with `.code` (`ENOENT`, …) and, where there is one, `.path`.
 */
export interface Palimpsest {
  /** Resolves when the workspace is open; rejects with the reason when it cannot be opened. */
  readonly ready: Promise<void>;
  readonly fs: {
    readFile(path: string): Promise<Uint8Array>;
    /** Creates or replaces; text is written as UTF-8. Resolves when the change is durable. */
    writeFile(path: string, data: Uint8Array | string): Promise<void>;
    readdir(path: string): Promise<{ name: string; kind: NodeKind; size: number; origin: Origin }[]>;
    stat(path: string): Promise<Stat>;
    lstat(path: string): Promise<Stat>;
    mkdir(path: string, options?: { recursive?: boolean }): Promise<void>;
    rm(path: string, options?: { recursive?: boolean }): Promise<void>;
    rename(from: string, to: string): Promise<void>;
    /** Under a name that is free; a directory with `recursive`. Within the workspace no bytes are copied, whatever the size. */
    copy(from: string, to: string, options?: { recursive?: boolean }): Promise<void>;
    symlink(target: string, path: string): Promise<void>;
    readlink(path: string): Promise<string>;
  };
  /** Starts a module. Rejects when it cannot be fetched, compiled (`ENOEXEC`) or started. */
  run(options: RunOptions): Promise<Run>;
  readonly bus: PalimpsestBus;
  /** Folders of the user's disk. */
  readonly folders: Folders;
  processes(): Promise<ProcessInfo[]>;
  readonly storage: PalimpsestStorage;
  /** Exports the workspace into a file of the user's by itself; `choose` takes what `showSaveFilePicker` gives. */
  readonly backup: Backup;
  /** Checks the stored workspace, and repairs it if asked to. */
  fsck(request?: FsckRequest): Promise<FsckReport>;
  /** What programs may do: plans, grants, questions, audit. */
  readonly authority: PalimpsestAuthority;
  /** Time travel. */
  readonly history: PalimpsestHistory;
  /** System calls of runs. */
  readonly trace: PalimpsestTrace;
  /** The stack of layers. */
  readonly layers: PalimpsestLayers;
  /** Export and import. */
  readonly archive: PalimpsestArchive;
  /**
   * Calls whoever listens on `port` in this tab (`run({listen: ['127.0.0.1:8080']})`). Rejects with `ECONNREFUSED` when nobody does,
   * or when too many connections wait to be accepted.
   */
  connect(port: number): Promise<Connection>;
  /** Takes the workspace from the tab that owns it: resolves when that one has written its last and this one may write. */
  takeOver(): Promise<void>;
  /** Key-value pairs of a namespace: 1 to 128 letters, digits and `. _ : / -`. */
  kv(namespace: string): Kv;
}

export function createPalimpsest(client: Pick<KernelClient, 'api' | 'bus' | 'ready'>): Palimpsest {
  const ready = client.ready.then(() => undefined);
  ready.catch(() => undefined);
  const archive = createArchive(client.api);
  return Object.freeze({
    ready,
    fs: Object.freeze(createFs(client.api)),
    run: (options: RunOptions) => run(client.api, options),
    bus: createBus(client.bus),
    folders: createFolders(client),
    processes: () => client.api.processes(),
    storage: createStorage(client.api),
    fsck: (request?: FsckRequest) => fsck(client.api, (pattern, handler) => client.bus.subscribe(pattern, handler), request),
    authority: createAuthority(client.api, client.bus),
    history: createHistory(client.api),
    trace: createTrace(client.api, client.bus),
    layers: createLayers(client.api),
    archive, backup: createBackup(client, archive),
    connect: (port: number) => connect(client.api, port),
    takeOver: () => client.api.takeOver(),
    kv: (namespace: string) => createKv(client.api, namespace),
  });
}

const absolute = (path: string): string => joinPath('/', path);

function createFs(api: KernelApi): Palimpsest['fs'] {
  return {
    readFile: (path) => api.readFile(absolute(path)),
    writeFile: (path, data) => api.writeFile(absolute(path), typeof data === 'string' ? new TextEncoder().encode(data) : data),
    readdir: (path): Promise<DirEntry[]> => api.readdir(absolute(path)),
    stat: (path) => api.stat(absolute(path)),
    lstat: (path) => api.lstat(absolute(path)),
    mkdir: (path, options) => api.mkdir(absolute(path), options),
    rm: (path, options) => api.rm(absolute(path), options),
    rename: (from, to) => api.rename(absolute(from), absolute(to)),
    copy: (from, to, options) => api.copy(absolute(from), absolute(to), options),
    symlink: (target, path) => api.symlink(target, absolute(path)),
    readlink: (path) => api.readlink(absolute(path)),
  };
}

async function connect(api: KernelApi, port: number): Promise<Connection> {
  const reply = await api.connect(port);
  const closed = new Promise<void>((resolve) => {
    reply.closed.onmessage = () => {
      reply.closed.close();
      resolve();
    };
  });
  return { readable: receiveBytes(reply.readable), writable: sendBytes(reply.writable), closed };
}

async function run(api: KernelApi, options: RunOptions): Promise<Run> {
  const { args, env, cwd, preopens, namespace, grants, limits, listen, overlay, at, permissions, learn, dryRun } = options;
  // What it may do, and how much memory it gets, is told by its bytes.
  const asBytes = typeof limits?.memory === 'number' || permissions !== undefined || learn !== undefined || dryRun === true;
  const { module, name } = await resolveModule(options.module, options.name, asBytes);
  const reply = await api.spawn({
    module, name, stdin: stdinOption(options.stdin), stdio: 'pipe',
    ...(args && { args }), ...(env && { env }), ...(cwd !== undefined && { cwd }), ...(preopens && { preopens }), ...(namespace && { namespace }), ...(grants && { grants }), ...(limits && { limits }), ...(listen && { listen }), ...(overlay !== undefined && { overlay }), ...(at !== undefined && { at }),
    ...(permissions && { permissions: { ...NO_GRANTS, ...permissions } }), ...(learn && { learn }), ...(dryRun && { dryRun }),
  });
  const { pid } = reply;
  if (!reply.stdout || !reply.stderr) throw new Error(`process ${pid} was started without its streams`);
  const exited = api.wait(pid);
  exited.catch(() => undefined);
  const stdin = connectStdin(options.stdin, reply.stdin);
  return {
    pid, exited, stdout: receiveBytes(reply.stdout), stderr: receiveBytes(reply.stderr),
    kill: (signal) => api.kill(pid, signal),
    ...(stdin && { stdin }),
    ...(reply.overlay !== undefined && { overlay: reply.overlay }),
  };
}
