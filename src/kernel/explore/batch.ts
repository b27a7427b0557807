import type { BatchResult, FileAct } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { FileService } from '../contract/index.ts';
import { Namespace, NamespaceFiles } from '../namespace/index.ts';

export interface BatchOptions {
  namespace: Namespace;
  root: { as(actor: number): FileService };
  runs: { act(kind: 'user', name: string): { run: number; pid: number }; end(pid: number): void };
  /** Resolves when all is on disk. */
  sync(): Promise<void>;
  /** Whether the run changed anything that is kept. */
  hasEntries(run: number): Promise<boolean>;
}

/** Does all of it under one run, so that it is undone as one. What fails is told, the rest is done. */
export async function doBatch(options: BatchOptions, title: string, acts: readonly FileAct[]): Promise<BatchResult> {
  const { run, pid } = options.runs.act('user', title);
  try {
    const files = new NamespaceFiles(await actingAs(options, pid));
    const failed: BatchResult['failed'] = [];
    for (const act of acts) {
      try {
        await doOne(files, act);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        failed.push({ path: act.op === 'remove' ? act.path : act.from, error: error.message });
      }
    }
    await options.sync();
    return { run: (await options.hasEntries(run)) ? run : 0, done: acts.length - failed.length, failed };
  } finally {
    options.runs.end(pid);
  }
}

/** The window's namespace with the workspace's tree as `pid` changes it. */
async function actingAs({ namespace, root }: BatchOptions, pid: number): Promise<Namespace> {
  const own = Namespace.of(root.as(pid));
  for (const { path, service, over } of namespace.mounts()) if (over) await own.mount(service, path);
  return own;
}

async function doOne(files: NamespaceFiles, act: FileAct): Promise<void> {
  if (act.op === 'remove') return files.rm(act.path, { recursive: true });
  if (act.op === 'copy') return files.copy(act.from, act.to, { recursive: true });
  if (await files.lstat(act.to).catch(() => null)) throw new FsError('EEXIST', 'rename', act.from, { detail: `${act.to} is there` });
  return moveOne(files, act.from, act.to);
}

/** Between file services what is moved is copied, and then removed. */
async function moveOne(files: NamespaceFiles, from: string, to: string): Promise<void> {
  try {
    await files.rename(from, to);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== 'EXDEV') throw error;
    await files.copy(from, to, { recursive: true });
    await files.rm(from, { recursive: true });
  }
}
