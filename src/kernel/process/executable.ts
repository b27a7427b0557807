import { BUILTIN_PROGRAMS, type BuiltinProgram } from '../../shared/abi/index.ts';
import { FsError, basename, joinPath } from '../../shared/base/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { FoundManifest } from './manifests.ts';
import type { ModuleLoader } from './module-loader.ts';

/** What runs, and with which arguments: for a script those of its interpreter. */
export interface Executable {
  program: WebAssembly.Module | BuiltinProgram;
  argv: string[];
  /** Of a module: where it is, without links. */
  path?: string;
  manifest?: FoundManifest | null;
}

interface Request {
  /** Absolute. */
  path: string;
  argv: readonly string[];
  /** `NAME=value`; for `env` in a first line. */
  env: readonly string[];
  /** Of linear memory, in bytes; null for no limit. */
  memory: number | null;
  /** Of the module, before it is compiled. Default: there is none. */
  manifestOf?(path: string): Promise<FoundManifest | null>;
}

/** Scripts whose interpreters are scripts, one within the other. As Linux. */
const DEPTH_MAX = 4;
/** Bytes of a first line, at most. As Linux's BINPRM_BUF_SIZE. */
const LINE_MAX = 256;
const DEFAULT_PATH = '/bin:/usr/bin';

function refuse(path: string, detail: string): FsError {
  return new FsError('ENOEXEC', 'spawn', path, { detail });
}

/**
 * Finds what a path runs: a module; `#!builtin name`, a built-in program; `#!interpreter argument`, that interpreter with the
 * argument (one, blanks within it kept) and the path before the other arguments. `#!/usr/bin/env name` is looked up in `PATH`
 * here, as there need be no `env`; with `-S` all words are arguments. @throws FsError ENOEXEC, ELOOP, and what reading throws
 */
export async function findExecutable(loader: ModuleLoader, namespace: Namespace, request: Request): Promise<Executable> {
  let { path, argv }: { path: string; argv: readonly string[] } = request;
  for (let depth = 0; depth <= DEPTH_MAX; depth++) {
    const found = await look(loader, namespace, path, request).catch((error: unknown) => {
      if (depth === 0 || !(error instanceof FsError)) throw error;
      // Of an interpreter that cannot be run the script's user must hear.
      throw refuse(request.path, `its interpreter ${path} ${error.code === 'ENOENT' ? 'is not there' : `cannot be run: ${error.detail ?? error.code}`}`);
    });
    if (typeof found !== 'string') return { ...found, argv: [...argv] };
    const [head, rest] = split(found);
    if (head === 'builtin') return { program: builtin(path, rest), argv: [...argv] };
    if (!head.startsWith('/')) throw refuse(path, head === '' ? 'its first line names no interpreter' : `its interpreter ${head} is no absolute path`);
    const interpreter = isEnv(head) ? await throughEnv(namespace, path, rest, request.env) : { path: head, argv: rest === '' ? [head] : [head, rest] };
    argv = [...interpreter.argv, path, ...argv.slice(1)];
    ({ path } = interpreter);
  }
  throw new FsError('ELOOP', 'spawn', request.path, { detail: 'its interpreter is a script of a script, and so on' });
}

type FoundModule = Omit<Executable, 'argv'>;

/** A module, or the first line of a script. Where nothing has that path, what has it with `.wasm`. */
async function look(loader: ModuleLoader, namespace: Namespace, path: string, request: Request): Promise<FoundModule | string> {
  const read = async (file: string): Promise<FoundModule | string> => (await firstLine(namespace, file)) ?? loadModule(loader, namespace, file, request);
  return read(path).catch((missing: unknown) => {
    if (!isMissing(missing) || path.endsWith('.wasm')) throw missing;
    return read(`${path}.wasm`).catch((error: unknown) => {
      throw isMissing(error) ? missing : error;
    });
  });
}

async function loadModule(loader: ModuleLoader, namespace: Namespace, file: string, { memory, manifestOf }: Request): Promise<FoundModule> {
  const place = await namespace.walk(file, { operation: 'spawn' });
  const { path } = place;
  const manifest = (await manifestOf?.(path)) ?? null;
  const most = manifest?.manifest.limits.memory ?? null;
  return { program: await loader.loadAt(place, file, memory === null || most === null ? (memory ?? most) : Math.min(memory, most)), path, manifest };
}

function isMissing(error: unknown): boolean {
  return error instanceof FsError && error.code === 'ENOENT';
}

/** What follows `#!`, without blanks around it and the `\r` of a DOS line; null if it is no script. */
async function firstLine(namespace: Namespace, path: string): Promise<string | null> {
  const { mount, node } = await namespace.walk(path, { operation: 'spawn' });
  const { kind } = await mount.service.stat(node);
  if (kind !== 'file') return null;
  const head = await mount.service.read(node, 0, LINE_MAX);
  if (head[0] !== 0x23 || head[1] !== 0x21) return null;
  const end = head.indexOf(10);
  if (end < 0 && head.length === LINE_MAX) throw refuse(path, `its first line is longer than ${LINE_MAX} bytes`);
  return new TextDecoder().decode(head.slice(2, end < 0 ? head.length : end)).replace(/^[ \t]+|[ \t\r]+$/g, '');
}

/** The first word, and all the rest. */
function split(line: string): [string, string] {
  const [, head = '', rest = ''] = /^(\S*)[ \t]*(.*)$/.exec(line) ?? [];
  return [head, rest];
}

function builtin(path: string, name: string): BuiltinProgram {
  const found = BUILTIN_PROGRAMS.find((one) => one === name);
  if (!found) throw refuse(path, `there is no built-in program ${name.slice(0, 40)}`);
  return found;
}

function isEnv(path: string): boolean {
  return path === '/usr/bin/env' || path === '/bin/env';
}

async function throughEnv(namespace: Namespace, script: string, rest: string, env: readonly string[]): Promise<{ path: string; argv: string[] }> {
  const words = /^-S\s/.test(rest) ? rest.slice(2).trim().split(/[ \t]+/) : [rest];
  const [name = ''] = words;
  if (name === '' || name.startsWith('-') || name.includes('=')) throw refuse(script, `env in its first line takes the name of a program, not "${name.slice(0, 40)}"`);
  if (name.startsWith('/')) return { path: name, argv: words };
  const path = env.find((pair) => pair.startsWith('PATH='))?.slice('PATH='.length) || DEFAULT_PATH;
  for (const directory of path.split(':')) {
    for (const file of [name, `${name}.wasm`]) {
      const candidate = joinPath(directory.startsWith('/') ? directory : '/', file);
      const kind = await namespace.walk(candidate).then(async ({ mount, node }) => (await mount.service.stat(node)).kind, () => null);
      if (kind === 'file') return { path: candidate, argv: words };
    }
  }
  throw refuse(script, `its interpreter ${basename(name)} is not in ${path}`);
}
