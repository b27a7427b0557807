import { diffArrays } from 'diff';
import type { BlameRange } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { TreeView } from '../contract/index.ts';
import type { JournalIndex } from './journal-index.ts';
import { milliseconds, type RunLookup } from './listing.ts';
import { readFile } from './walk.ts';
import { versionsOf, type Version } from './writers.ts';

/** Bytes of a file that is looked at line by line, versions that are compared, and lines by which two of them may differ, at most. */
export const BLAME_BYTES = 4 * 2 ** 20;
export const BLAME_VERSIONS = 64;
const EDITS_MAX = 4000;

interface Author { seq: number; run: number; time: number }
const SHIPPED: Author = { seq: 0, run: 0, time: 0 };

/** Lines of a version that nobody is known for yet, with their places in the newest. */
interface Lines { lines: string[]; at: number[] }

export interface BlameParts {
  index: JournalIndex;
  viewAt: (at: number) => TreeView;
  lookup: RunLookup;
  yield: () => Promise<void>;
}

/**
 * Who wrote each line of a text file last: its versions are compared from the newest back. What is older than the oldest that is looked at
 * is nobody's (`seq` 0).
 * @throws FsError EINVAL for what is no text, EFBIG
 */
export async function blame({ index, viewAt, lookup, yield: pause }: BlameParts, ino: number, now: TreeView): Promise<BlameRange[]> {
  const record = await now.node(ino);
  if (!record) throw new FsError('ENOENT', 'blame');
  const lines = linesOf(await readFile(now, record, BLAME_BYTES));
  if (!lines) throw new FsError('EINVAL', 'blame', undefined, { detail: 'it is not text' });
  const authors: (Author | null)[] = lines.map(() => null);
  let current: Lines = { lines, at: lines.map((_, line) => line) };
  const versions = await versionsOf(index, ino, BLAME_VERSIONS + 1);
  for (const [i, { record: { seq, run, time } }] of versions.slice(0, BLAME_VERSIONS).entries()) {
    current = attribute(current, await linesBefore(viewAt, versions[i]!, versions[i + 1]), { seq, run, time: milliseconds(time) }, authors);
    if (current.at.length === 0) break;
    await pause();
  }
  return Promise.all(ranges(authors.map((author) => author ?? SHIPPED)).map(async ({ author, ...range }) => ({
    ...range, ...author, name: author.run !== 0 ? ((await lookup(author.run))?.name ?? `run ${author.run}`) : author.seq === 0 ? '' : 'you',
  })));
}

/** What the file had before a version: what the one before it left. */
async function linesBefore(viewAt: BlameParts['viewAt'], version: Version, older: Version | undefined): Promise<string[]> {
  if (version.record.op === 'create') return [];
  const view = viewAt(older ? older.record.seq : version.record.seq - 1);
  const record = await view.node((older ?? version).ino);
  if (!record || record.size > BLAME_BYTES) return [];
  return linesOf(await readFile(view, record, BLAME_BYTES)) ?? [];
}

/** Gives the author the lines that `older` does not have, and goes on with the others, at their places in it. */
function attribute({ lines, at }: Lines, older: string[], author: Author, authors: (Author | null)[]): Lines {
  const next: Lines = { lines: older, at: [] };
  const places = new Map<number, number>();
  const changes = diffArrays(older, lines, { maxEditLength: EDITS_MAX }) ?? [{ value: lines, added: true, removed: false, count: lines.length }];
  let left = 0;
  let right = 0;
  for (const { count, added, removed } of changes) {
    for (let i = 0; i < count && !added && !removed; i++) places.set(right + i, left + i);
    if (!added) left += count;
    if (!removed) right += count;
  }
  next.at = older.map(() => -1);
  for (const [line, place] of at.entries()) {
    if (place < 0) continue;
    const before = places.get(line);
    if (before === undefined) authors[place] = author;
    else next.at[before] = place;
  }
  return next.at.some((place) => place >= 0) ? next : { lines: older, at: [] };
}

/** The lines of a text with their ends; null for what is none: it holds a zero, or is no UTF-8. */
function linesOf(bytes: Uint8Array): string[] | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).split(/(?<=\n)/);
  } catch {
    return null;
  }
}

function ranges(authors: readonly Author[]): { from: number; count: number; author: Author }[] {
  const found: { from: number; count: number; author: Author }[] = [];
  for (const [line, author] of authors.entries()) {
    const last = found.at(-1);
    if (last && last.author.seq === author.seq) last.count++;
    else found.push({ from: line + 1, count: 1, author });
  }
  return found;
}
