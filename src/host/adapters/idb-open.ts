import { openDB, type IDBPDatabase, type OpenDBCallbacks } from 'idb';
import { FsError } from '../../shared/base/index.ts';
import type { RecordCodec } from '../../kernel/contract/index.ts';
import { idbError } from './idb-errors.ts';
import { DATABASE_VERSION, STORES, upgradeStores, type WorkspaceSchema } from './idb-schema.ts';

export type Database = IDBPDatabase<WorkspaceSchema>;

export interface OpenOptions {
  name: string;
  codec: RecordCodec;
  /** Nothing may be written: a database of an older version is not migrated. */
  readOnly: boolean;
  onLost: (reason: string) => void;
  onBlocked?: (() => void) | undefined;
  /** Milliseconds. Default 10 000: after a crash a slow machine has its journal to read first. */
  patience?: number | undefined;
}

const PATIENCE = 10_000;
/** Milliseconds to wait, each time that the browser cannot open its own files: after a crash what is dying may still hold them. */
const AGAIN = [150, 300, 600, 1200] as const;

/**
 * Opens a workspace's database; makes it, or migrates it from an older version. One of a newer version is opened as it is
 * if it has our object stores (its head then says whether we can read it). EROFS: we cannot, or must not migrate it.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { name } = options;
  try {
    const present = options.readOnly ? await stubbornly(() => openPresent(options)) : null;
    return present ?? (await stubbornly(() => open(options, DATABASE_VERSION)));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'VersionError')) throw idbError('open', error);
    const newer = await openPresent(options).catch((cause: unknown) => {
      throw idbError('open', cause);
    });
    if (!newer) throw refusal(name, 'the workspace was written by a newer version');
    return newer;
  }
}

async function stubbornly<T>(action: () => Promise<T>): Promise<T> {
  for (const delay of AGAIN) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'UnknownError')) throw error;
      await new Promise((done) => setTimeout(done, delay));
    }
  }
  return action();
}

/** The database in whatever version it has; null if there is none. EROFS if it lacks what we read. */
async function openPresent(options: OpenOptions): Promise<Database | null> {
  let absent = false;
  const database = await open(options, undefined, () => {
    absent = true;
  }).catch((error: unknown) => {
    if (absent) return null;
    throw error;
  });
  if (!database) return null;
  const { version } = database;
  if (version >= DATABASE_VERSION && STORES.every((store) => database.objectStoreNames.contains(store))) return database;
  database.close();
  throw refusal(options.name, version < DATABASE_VERSION
    ? 'the workspace is open in a tab that runs an older version: reload that tab, then this one'
    : `the workspace was written by a newer version (database version ${version}, this one knows ${DATABASE_VERSION})`);
}

/** `onAbsent`: there is no such database, and none is to be made. */
function open({ name, codec, onLost, onBlocked, patience = PATIENCE }: OpenOptions, version: number | undefined, onAbsent?: () => void): Promise<Database> {
  let opened: Database | undefined;
  let upgrading = false;
  let failure: unknown;
  const callbacks: OpenDBCallbacks<WorkspaceSchema> = {
    upgrade: (database, from, _to, transaction) => {
      upgrading = true;
      if (onAbsent) {
        onAbsent();
        transaction.done.catch(() => undefined);
        transaction.abort();
        return;
      }
      upgradeStores(database, from, transaction, codec).catch((error: unknown) => {
        failure = error;
        transaction.done.catch(() => undefined);
        abort(transaction);
      });
    },
    blocked: () => onBlocked?.(),
    blocking: () => {
      onLost('another tab deletes or upgrades this workspace');
      opened?.close();
    },
    terminated: () => onLost('the browser closed the database: it was deleted or its storage failed'),
  };
  const opening = openDB<WorkspaceSchema>(name, version, callbacks).then((database) => (opened = database)).catch((error: unknown) => {
    throw failure ?? error;
  });
  return withPatience(opening, patience, () => upgrading);
}

/** A failed request has aborted it already. */
function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
  }
}

const refusal = (name: string, detail: string): FsError => new FsError('EROFS', 'open', name, { detail });

/** A database that opens after all is closed again: somebody has gone on without it. `busy`: it is being migrated, which takes its time. */
async function withPatience(opening: Promise<Database>, patience: number, busy: () => boolean): Promise<Database> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if (busy()) return;
      opening.then((database) => database.close(), () => undefined);
      reject(new Error(`the database did not answer within ${patience / 1000} s; another tab may hold it`));
    }, patience);
  });
  return Promise.race([opening, late]).finally(() => clearTimeout(timer));
}
