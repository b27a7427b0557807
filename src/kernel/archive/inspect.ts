import type { ArchiveContents } from '../../shared/abi/index.ts';
import { tooMuch } from './archive-error.ts';
import { ENTRIES_MAX, type Job } from './budget.ts';
import { openArchive } from './open-archive.ts';

const FIRST = 100;
/** Unpacked bytes that are read through, at most: more is no archive to be looked at first. */
const THROUGH_MAX = 64 * 1024 ** 3;

/** Reads through an archive and makes nothing. @throws FsError EBADMSG, EFBIG */
export async function inspect(blob: Blob, job: Job): Promise<ArchiveContents> {
  job.progress.total = blob.size;
  const contents: ArchiveContents = { files: 0, directories: 0, links: 0, bytes: 0, first: [] };
  const archive = await openArchive(blob, job);
  let entries = 0;
  try {
    for await (const { kind, size, label } of archive.members) {
      if (++entries > ENTRIES_MAX) throw tooMuch(`it has more than ${ENTRIES_MAX} entries`);
      if (kind === 'file') contents.files++;
      else if (kind === 'directory') contents.directories++;
      else if (kind !== 'other') contents.links++;
      contents.bytes += size;
      if (contents.bytes > THROUGH_MAX) throw tooMuch(`it unpacks to more than ${THROUGH_MAX} bytes`);
      if (contents.first.length < FIRST) contents.first.push(label);
    }
  } finally {
    archive.close();
  }
  if (archive.facts.kind !== undefined) contents.kind = archive.facts.kind;
  return contents;
}
