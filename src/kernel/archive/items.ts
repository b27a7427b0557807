import type { ImportItem } from '../../shared/abi/index.ts';
import type { Job } from './budget.ts';
import { damaged } from './archive-error.ts';
import { NO_PIECES, type Member, type Piece } from './member.ts';
import { pullFrom } from './streams.ts';

/** Files that are given one by one, as members of an archive. */
export function* membersOf(items: readonly ImportItem[], job: Job): Generator<Member> {
  for (const { path, file, mtime } of items) {
    const time = mtime !== undefined && Number.isFinite(mtime) ? { mtime: BigInt(Math.trunc(mtime)) * 1_000_000n } : {};
    if (file) yield { name: path, label: path, kind: 'file', size: file.size, ...time, independent: true, pieces: () => contents(file, job) };
    else yield { name: path, label: path, kind: 'directory', size: 0, ...time, pieces: NO_PIECES };
  }
}

async function* contents(file: Blob, job: Job): AsyncGenerator<Piece> {
  const source = pullFrom(file.stream());
  let at = 0;
  try {
    for (let bytes = await source.pull(); bytes; bytes = await source.pull()) {
      yield { at, bytes };
      at += bytes.length;
      job.progress.bytes += bytes.length;
    }
  } catch (error) {
    // The browser's own: the file was changed or is gone since it was picked.
    if (error instanceof Error && (error.name === 'NotReadableError' || error.name === 'NotFoundError')) throw damaged(`it cannot be read any more (${error.message})`);
    throw error;
  } finally {
    source.cancel();
  }
}
