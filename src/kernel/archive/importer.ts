import type { FileService, Node } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { Budget, type Job } from './budget.ts';
import { sha256Of } from './digest.ts';
import type { Member } from './member.ts';
import { readOci, isOciLayout } from './oci-reader.ts';
import { openArchive } from './open-archive.ts';
import { find, removeTree, requireWritable, type WritableService } from './place.ts';
import { Placement } from './placement.ts';
import { Unpacker, type Remark } from './unpacker.ts';

/** Where an archive goes: the directory `name` of `dir`, or `dir` itself where `name` is null. */
export interface ImportPlace {
  service: FileService;
  dir: Node;
  name: string | null;
  /** For messages. */
  path: string;
}

export interface ImportOptions {
  place: ImportPlace;
  /** For the name of the directory that it is unpacked in first. */
  label: string;
  /** Bytes that may be stored. */
  room: number;
  /** Default `keep`. */
  onExisting?: 'keep' | 'replace';
  /** Symbolic links that lead out of the place. Default `inside`: they are left out. */
  links?: 'inside' | 'all';
  job: Job;
}

export interface ImportOutcome {
  /** `folder`: files that were given one by one. */
  format: 'tar' | 'zip' | 'oci' | 'folder';
  /** Of the whole file, hex; null where it was not read from end to end. */
  sha256: string | null;
  /** Entries that are there now; those of them that an earlier attempt had left. */
  entries: number;
  resumed: number;
  skipped: Remark[];
  notes: Remark[];
  /** Remarks beyond those listed. */
  more: number;
}

/** A directory that is being filled. It stays when the page is closed, so that the same import can go on. */
const STAGING = '.importing-';
/** Inside of it: what was unpacked, and what gives way to it. */
const TREE = 'tree';
const TRASH = 'trash';
/** Bytes at both ends of an archive by which it is known again. */
const KEY_BYTES = 65536;

/** Puts an archive somewhere: all of what can be taken, or nothing when it fails or is stopped. */
export async function importBlob(blob: Blob, options: ImportOptions): Promise<ImportOutcome> {
  options.job.progress.total = blob.size;
  const key = await keyOf(blob, options);
  if (await isOciLayout(blob)) {
    return importInto({ ...options, fresh: true }, key, async (unpacker, job) => {
      const { sha256, kind } = await readOci(blob, unpacker, job);
      return { format: 'oci', sha256, whiteouts: kind === 'workspace' };
    });
  }
  return importInto(options, key, async (unpacker, job) => {
    const archive = await openArchive(blob, job);
    try {
      let told = false;
      for await (const member of archive.members) {
        if (!told && isLayer(archive.facts.kind)) unpacker.useWhiteouts();
        told = true;
        await unpacker.add(member);
      }
      return { format: archive.format, sha256: archive.digest(), whiteouts: isLayer(archive.facts.kind) };
    } finally {
      archive.close();
    }
  });
}

const isLayer = (kind: string | undefined): boolean => kind === 'workspace' || kind === 'layer';

/** The same for files that are given one by one. */
export async function importMembers(members: Iterable<Member>, options: ImportOptions): Promise<ImportOutcome> {
  const key = (await sha256Of(new TextEncoder().encode(options.label))).slice(0, 16);
  return importInto(options, key, async (unpacker) => {
    for (const member of members) await unpacker.add(member);
    return { format: 'folder', sha256: null, whiteouts: false };
  });
}

/** Ends of the archive, its size and what it is to be: the same import has the same key. */
async function keyOf(blob: Blob, { links, label }: ImportOptions): Promise<string> {
  const ends = [blob.slice(0, KEY_BYTES), blob.slice(Math.max(0, blob.size - KEY_BYTES)), new Blob([`${blob.size} ${links ?? 'inside'} ${label}`])];
  return (await sha256Of(new Uint8Array(await new Blob(ends).arrayBuffer()))).slice(0, 16);
}

type Unpack = (unpacker: Unpacker, job: Job) => Promise<{ format: ImportOutcome['format']; sha256: string | null; whiteouts: boolean }>;

async function importInto(options: ImportOptions & { fresh?: boolean }, key: string, unpack: Unpack): Promise<ImportOutcome> {
  const { place, job, room } = options;
  const service = requireWritable(place.service, place.path);
  const target = place.name === null ? place.dir : (await find(service, place.dir, place.name))?.node;
  if (target !== undefined && (await service.stat(target)).kind !== 'directory') throw new FsError('ENOTDIR', 'import', place.path);
  const home = target ?? place.dir;
  const staging = `${STAGING}${key}`;
  if (options.fresh) await removeTree(service, home, staging);
  const box = await directory(service, home, staging);
  let done = false;
  try {
    const tree = await directory(service, box, TREE);
    const unpacker = new Unpacker({ service, top: tree, budget: new Budget(job, room), job, links: options.links ?? 'inside' });
    const { format, sha256, whiteouts } = await unpack(unpacker, job);
    await unpacker.finish();
    job.check();
    const placed = await put(service, { ...options, target, box, tree, staging }, unpacker, whiteouts);
    done = true;
    await removeTree(service, home, staging);
    await placed?.finish();
    return { format, sha256, entries: unpacker.made, resumed: unpacker.resumed, skipped: unpacker.skipped, notes: unpacker.notes, more: unpacker.more };
  } finally {
    // The failure itself is what is told.
    if (!done) await removeTree(service, home, staging).catch(() => undefined);
  }
}

async function directory(service: WritableService, dir: Node, name: string): Promise<Node> {
  return (await find(service, dir, name))?.node ?? service.mkdir(dir, name);
}

interface Putting extends ImportOptions {
  target: Node | undefined;
  box: Node;
  tree: Node;
  staging: string;
}

/** A place that was not there gets everything in one step. */
async function put(service: WritableService, { place, target, box, tree, staging, onExisting = 'keep' }: Putting, unpacker: Unpacker, whiteouts: boolean): Promise<Placement | null> {
  if (target === undefined) {
    await service.rename(box, TREE, place.dir, place.name!);
    return null;
  }
  // Of an attempt that was cut off here there may be one already, with things in it.
  let trash: Node | undefined;
  for (let number = 0; trash === undefined; number++) if (!(await find(service, box, `${TRASH}${number}`))) trash = await service.mkdir(box, `${TRASH}${number}`);
  const placement = new Placement({
    service, trash, onExisting, isExplicit: (node) => unpacker.isExplicit(node),
    left: (path, why) => unpacker.leave(path, why),
  });
  try {
    if (whiteouts && onExisting === 'replace') {
      for (const path of unpacker.opaque) await placement.hideAll(target, path, staging);
      for (const path of unpacker.hidden) await placement.hide(target, path);
    } else if (whiteouts) for (const path of unpacker.hidden) unpacker.note(path, 'the archive says that it is deleted; it was left as it is');
    await placement.merge(tree, target);
    return placement;
  } catch (error) {
    await placement.takeBack();
    throw error;
  }
}
