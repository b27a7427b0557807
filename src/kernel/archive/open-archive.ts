import { damaged } from './archive-error.ts';
import { ByteReader, type Pull } from './byte-reader.ts';
import type { Job } from './budget.ts';
import { sha256Hasher } from './digest.ts';
import type { ArchiveFacts, Member } from './member.ts';
import { decompress, pullFrom, sniffCompression } from './streams.ts';
import { readTar } from './tar-reader.ts';
import { readZip } from './zip-reader.ts';

export type ArchiveFormat = 'tar' | 'zip';

export interface OpenArchive {
  format: ArchiveFormat;
  members: AsyncGenerator<Member>;
  facts: ArchiveFacts;
  /** SHA-256 of the whole file, hex; null for a zip, which is not read in order. After the last member. */
  digest(): string | null;
  /** Lets go of the streams. */
  close(): void;
}

const HEAD = 4;

/** Opens a tar, `.tar.gz`, `.tar.zst` or zip by its contents. */
export async function openArchive(blob: Blob, job: Job): Promise<OpenArchive> {
  if (blob.size === 0) throw damaged('it is empty');
  const head = new Uint8Array(await blob.slice(0, HEAD).arrayBuffer());
  const count = (bytes: number): void => {
    job.check();
    job.progress.bytes = Math.min(job.progress.total, job.progress.bytes + bytes);
  };
  if (head[0] === 0x50 && head[1] === 0x4b) {
    return { format: 'zip', members: readZip(blob, count), facts: {}, digest: () => null, close: () => undefined };
  }
  const hasher = await sha256Hasher();
  const source = pullFrom(blob.stream());
  const counted: Pull = async () => {
    const chunk = await source.pull();
    if (!chunk) return null;
    hasher.update(chunk);
    count(chunk.length);
    return chunk;
  };
  const plain = await decompress(sniffCompression(head), counted);
  const facts: ArchiveFacts = {};
  let digest = '';
  return {
    format: 'tar', facts, members: readTar(new ByteReader(plain.pull), facts),
    digest: () => (digest ||= hasher.digest('hex')),
    close: () => {
      plain.cancel();
      source.cancel();
    },
  };
}
