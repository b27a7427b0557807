import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import type { Store, StoreBatch } from '../contract/index.ts';
import { JournalWriter, type JournalWriterOptions } from './journal-writer.ts';
import type { CutBatch } from './raw-change.ts';
import { capture, change, fixture, type Fixture } from './testing/fixture.ts';

/** A ring of whole batches; `durable` is what the writer told. */
class Ring {
  readonly durable: [number, boolean][] = [];
  #waiting: CutBatch | null = null;
  #position = 0;

  push(name: string, ino: number): void {
    this.#waiting ??= { changes: [], captures: [], position: 0 };
    this.#waiting.changes.push(change('create', ino, 1, name), change('write', ino));
    this.#waiting.captures.push(capture(ino, 1, [{ index: 0, bytes: Uint8Array.of(ino) }]));
    this.#waiting.position = ++this.#position;
  }

  async cut(): Promise<CutBatch | null> {
    const cut = this.#waiting;
    this.#waiting = null;
    return cut;
  }

  setDurable(position: number, strict: boolean): void {
    this.durable.push([position, strict]);
  }
}

interface Bench extends Fixture {
  ring: Ring;
  writer: JournalWriter;
  commits: StoreBatch[];
  fail: { with: FsError | null };
}

async function bench(options: Partial<JournalWriterOptions> = {}): Promise<Bench> {
  const at = await fixture();
  const ring = new Ring();
  const commits: StoreBatch[] = [];
  const fail: Bench['fail'] = { with: null };
  const inner = at.store;
  const store = Object.assign(Object.create(inner) as Store, {
    commit: async (batch: StoreBatch) => {
      if (fail.with) throw fail.with;
      commits.push(batch);
      await inner.commit(batch);
    },
  });
  const writer = new JournalWriter({ overlay: at.overlay, store, source: ring, ...options });
  return { ...at, ring, writer, commits, fail };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it('JO3 groups changes and commits them, relaxed, within 100 ms of the first', async () => {
  const at = await bench();
  at.ring.push('a', 2);
  at.writer.wake();
  await vi.advanceTimersByTimeAsync(10);
  at.ring.push('b', 3);
  at.writer.wake();
  expect(at.commits).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(60);
  expect(at.commits.map((batch) => [batch.durability, batch.journal.length])).toEqual([['relaxed', 4]]);
  expect(at.ring.durable).toEqual([[2, false]]);
  at.writer.dispose();
});

it('JO4 sync commits at once, strictly, what is there when it is asked', async () => {
  const at = await bench();
  at.ring.push('a', 2);
  at.writer.wake();
  await at.writer.sync();
  expect(at.commits.map((batch) => batch.durability)).toEqual(['strict']);
  expect(at.ring.durable.at(-1)).toEqual([1, true]);
  await at.writer.sync();
  expect(at.commits).toHaveLength(1);
  at.writer.dispose();
});

it('JO4 sync after a relaxed commit makes that one strict', async () => {
  const at = await bench();
  at.ring.push('a', 2);
  at.writer.wake();
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all([at.writer.sync(), at.writer.sync()]);
  expect(at.commits.map((batch) => [batch.durability, batch.journal.length])).toEqual([['relaxed', 2], ['strict', 0]]);
  at.writer.dispose();
});

it('JO5 a failed commit is kept, tried again and loses no order; sync says why meanwhile', async () => {
  const failures: string[] = [];
  const recovered = vi.fn();
  const at = await bench({ onFailure: (error) => failures.push(error.code), onRecovery: recovered });
  at.fail.with = new FsError('ENOSPC', 'commit');
  at.ring.push('a', 2);
  await expect(at.writer.sync()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(at.writer.failed?.code).toBe('ENOSPC');
  for (let i = 3; i < 9; i++) {
    at.ring.push(`n${i}`, i);
    at.writer.wake();
    await vi.advanceTimersByTimeAsync(100);
  }
  await expect(at.writer.sync()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(at.ring.durable).toEqual([]);
  at.fail.with = null;
  at.writer.retry();
  await at.writer.sync();
  expect(at.writer.failed).toBeNull();
  expect(recovered).toHaveBeenCalledTimes(1);
  expect(at.commits.flatMap((batch) => batch.journal.map((record) => record.seq))).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
  expect(failures.length).toBeGreaterThan(1);
  expect(await (await at.reopen()).names(1)).toHaveLength(7);
  at.writer.dispose();
});

it('JO5 retries by itself, with growing pauses', async () => {
  const onFailure = vi.fn();
  const at = await bench({ onFailure, retryDelay: 100 });
  at.fail.with = new FsError('EIO', 'commit');
  at.ring.push('a', 2);
  at.writer.wake();
  await vi.advanceTimersByTimeAsync(25 + 100 + 200 + 400 + 50);
  expect(onFailure).toHaveBeenCalledTimes(4);
  at.fail.with = null;
  await vi.advanceTimersByTimeAsync(800);
  expect(at.ring.durable).toEqual([[1, false]]);
  at.writer.dispose();
});

it('JO6 tells committed changes after the commit, in order; a rename with both paths', async () => {
  const at = await bench();
  const told: unknown[] = [];
  const listener = at.writer.onCommitted((changes) => told.push(...changes.map(({ op, path, from, pid }) => [op, path, from, pid, at.commits.length])));
  at.ring.push('a', 2);
  await at.writer.sync();
  expect(told).toEqual([['create', '/a', undefined, 3, 1], ['write', '/a', undefined, 3, 1]]);
  listener.dispose();
  at.ring.push('b', 3);
  await at.writer.sync();
  expect(told).toHaveLength(2);
  at.writer.dispose();
});

it('JO7 close writes what is there; afterwards sync is refused', async () => {
  const at = await bench();
  at.ring.push('a', 2);
  await at.writer.close();
  expect(at.commits).toHaveLength(1);
  await expect(at.writer.sync()).rejects.toMatchObject({ code: 'EIO' });
});

it('JO8 a batch that cannot be folded is kept and folded later', async () => {
  const onFailure = vi.fn();
  const at = await bench({ onFailure });
  vi.spyOn(at.overlay, 'apply').mockRejectedValueOnce(new Error('out of memory'));
  at.ring.push('a', 2);
  await expect(at.writer.sync()).rejects.toThrow('out of memory');
  await vi.advanceTimersByTimeAsync(300);
  expect(at.commits).toHaveLength(1);
  await at.writer.sync();
  expect(await at.names(1)).toEqual(['a new']);
  at.writer.dispose();
});

it('JO7 disposal while a batch is being folded leaves nobody waiting', async () => {
  const { ring, writer } = await bench();
  ring.push('a', 10);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const cut = ring.cut.bind(ring);
  ring.cut = () => held.then(cut);
  const synced = writer.sync().then(() => 'stored', (error: FsError) => error.code);
  writer.dispose();
  release();
  expect(await synced).toBe('EIO');
  await expect(writer.sync()).rejects.toMatchObject({ code: 'EIO' });
});

it('JO9 an act between batches finds what was in the ring stored, and the next batch is cut after it', async () => {
  const at = await bench();
  at.ring.push('a', 2);
  const seen: number[] = [];
  let synced: Promise<void> | undefined;
  const act = at.writer.between(async () => {
    seen.push(at.commits.length);
    at.ring.push('b', 3);
    synced = at.writer.sync();
    await vi.advanceTimersByTimeAsync(200);
    seen.push(at.commits.length);
    return 'done';
  });
  await expect(act).resolves.toBe('done');
  await synced;
  expect([seen, at.commits.length]).toEqual([[1, 1], 2]);
  await expect(at.writer.between(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  at.writer.dispose();
  await expect(at.writer.between(async () => 1)).rejects.toMatchObject({ code: 'EIO' });
});

it('JO9 an act is refused when what came before cannot be stored, also while batches wait', async () => {
  const at = await bench();
  at.fail.with = new FsError('ENOSPC', 'commit');
  const act = vi.fn(async () => undefined);
  for (let i = 2; i < 8; i++) {
    at.ring.push(`n${i}`, i);
    await expect(at.writer.between(act)).rejects.toMatchObject({ code: 'ENOSPC' });
  }
  expect(act).not.toHaveBeenCalled();
  at.fail.with = null;
  await at.writer.between(act);
  expect([act.mock.calls.length, at.commits.length]).toEqual([1, 4]);
  at.writer.dispose();
});
