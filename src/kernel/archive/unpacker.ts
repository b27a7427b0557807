import type { Node } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { FILE_MAX, type Budget, type Job } from './budget.ts';
import type { Member } from './member.ts';
import { confusable, placeName, staysInside, whiteoutOf } from './names.ts';
import { find, entriesOf, removeTree, type WritableService } from './place.ts';

/** What was left out, or is other than one might think, and why. */
export interface Remark {
  path: string;
  why: string;
}

/** Remarks kept of each kind, at most; more are counted. */
const REMARKS_MAX = 1000;
/** Directories whose nodes are remembered, at most. */
const DIRECTORIES_MAX = 50_000;
/** Names compared for likeness, at most. */
const LIKENESS_MAX = 200_000;
/** Zeros are looked for in parts of this many bytes: a block of the store. */
const BLOCK = 65536;

export interface UnpackOptions {
  service: WritableService;
  /** The directory below which all of it goes. */
  top: Node;
  budget: Budget;
  job: Job;
  /** `inside`: a symbolic link that leads out of `top` is left out. `all`: every one is made. */
  links: 'inside' | 'all';
}

/** This member is not taken; the rest goes on. */
class Refused extends Error {}

/** Failures of one member that are no failures of the whole. */
const OWN_FAILURES: readonly FsError['code'][] = ['ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'EFBIG', 'EMLINK', 'EPERM', 'ENOENT'];

/** Unpacks members below one directory. Never follows a link, and so never leaves it. */
export class Unpacker {
  readonly #options: UnpackOptions;
  readonly skipped: Remark[] = [];
  readonly notes: Remark[] = [];
  /** Remarks beyond those kept. */
  more = 0;
  /** Entries that are there now, and those of them that were there already from an earlier attempt. */
  made = 0;
  resumed = 0;
  /** Names that the members hide of what is below, and directories of which they hide all, relative to the top. */
  readonly hidden = new Set<string>();
  readonly opaque = new Set<string>();
  /** Times of directories, set at the end: what is put into them moves theirs on. */
  readonly #times = new Map<Node, { mtime?: bigint; atime?: bigint }>();
  readonly #directories = new Map<string, Node>();
  /** Files and links of the present layer, and with whiteouts all that it touches, directories above included. */
  #names = new Set<string>();
  #touched = new Set<string>();
  readonly #likeness = new Map<string, string>();
  #whiteouts = false;
  #layered = false;

  constructor(options: UnpackOptions) {
    this.#options = options;
  }

  /** Names that begin with `.wh.` are whiteouts from now on. */
  useWhiteouts(): void {
    this.#whiteouts = true;
  }

  /** What comes now lies over what came before, and may replace it. */
  nextLayer(): void {
    this.#whiteouts = true;
    this.#layered = true;
    this.#names = new Set();
    this.#touched = new Set();
  }

  /** @throws FsError EFBIG, ECANCELED, EBADMSG, ENOSPC: nothing more can be unpacked */
  async add(member: Member): Promise<void> {
    const { budget, job } = this.#options;
    job.check();
    budget.entry();
    job.progress.path = member.label;
    try {
      await this.#add(member);
      job.progress.files++;
    } catch (error) {
      const why = ownFailure(error, member);
      if (why === undefined) throw error;
      this.#remark(this.skipped, member.label, why);
    }
  }

  /** Sets the times of directories. */
  async finish(): Promise<void> {
    for (const [node, { atime, mtime }] of this.#times) await this.#options.service.setTimes(node, atime, mtime);
  }

  /** Whether the archive itself had this directory. */
  isExplicit(node: Node): boolean {
    return this.#times.has(node);
  }

  /** Tells of what was unpacked and could not be put to its place. */
  leave(path: string, why: string): void {
    this.#remark(this.skipped, path, why);
    this.made--;
  }

  note(path: string, why: string): void {
    this.#remark(this.notes, path, why);
  }

  #remark(list: Remark[], path: string, why: string): void {
    if (list.length < REMARKS_MAX) list.push({ path, why });
    else this.more++;
  }

  async #add(member: Member): Promise<void> {
    const placed = placeName(member.name);
    if ('why' in placed) throw new Refused(placed.why);
    if (member.name?.startsWith('/')) this.#remark(this.notes, member.label, 'its name is absolute: it was put below where the others are');
    if (member.kind === 'other') throw new Refused(member.why ?? 'it is neither a file nor a directory nor a link');
    const { parts } = placed;
    const name = parts.at(-1);
    if (name === undefined) {
      if (member.kind === 'directory') this.#keepTimes(this.#options.top, member);
      return;
    }
    const above = parts.slice(0, -1);
    if (this.#whiteouts && (await this.#whiteout(above, name))) return;
    if (this.#layered) for (let count = parts.length; count > 0; count--) this.#touched.add(parts.slice(0, count).join('/'));
    const dir = await this.#directory(above);
    if (member.kind === 'directory') await this.#addDirectory(dir, parts, member);
    else if (member.kind === 'file') await this.#addFile(dir, parts, member);
    else if (member.kind === 'symlink') await this.#addSymlink(dir, parts, member);
    else await this.#addHardLink(dir, parts, member);
    this.made++;
    this.#compare(parts.join('/'));
  }

  #keepTimes(node: Node, { mtime, atime }: Member): void {
    this.#times.set(node, { ...(mtime !== undefined && { mtime }), ...(atime !== undefined && { atime }) });
  }

  /** Tells of names that differ only by case or normal form: they stay apart here, and would not elsewhere. */
  #compare(path: string): void {
    if (this.#likeness.size >= LIKENESS_MAX) return;
    const like = confusable(path);
    const other = this.#likeness.get(like);
    if (other === undefined) this.#likeness.set(like, path);
    else if (other !== path) this.#remark(this.notes, path, `its name differs from “${other}” only by case or normal form; both are kept`);
  }

  /** The directory, made where it is missing; only real directories are on the way. */
  async #directory(parts: readonly string[]): Promise<Node> {
    const path = parts.join('/');
    if (path === '') return this.#options.top;
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const { service } = this.#options;
    const above = await this.#directory(parts.slice(0, -1));
    const name = parts.at(-1)!;
    const found = await find(service, above, name);
    if (found && found.stat.kind !== 'directory') throw new Refused(`“${path}” is a ${found.stat.kind === 'symlink' ? 'link' : 'file'}, not a directory`);
    const node = found?.node ?? (await service.mkdir(above, name));
    if (this.#directories.size >= DIRECTORIES_MAX) this.#directories.clear();
    this.#directories.set(path, node);
    return node;
  }

  /** Makes room for a member; the one that comes last wins. */
  async #makeRoom(dir: Node, parts: readonly string[], keep: (found: { node: Node; size: number; kind: string; mtime: bigint }) => boolean): Promise<Node | undefined> {
    const { service } = this.#options;
    const path = parts.join('/');
    const name = parts.at(-1)!;
    const again = this.#names.has(path);
    this.#names.add(path);
    const found = await find(service, dir, name);
    if (!found) return undefined;
    if (!again && keep({ node: found.node, ...found.stat })) return found.node;
    if (found.stat.kind === 'directory') {
      if (again || !this.#layered) throw new Refused('a directory of this name came before');
      this.#directories.clear();
    }
    await removeTree(service, dir, name);
    if (again) this.#remark(this.notes, path, 'it is in the archive more than once: the last one was taken');
    return undefined;
  }

  async #addDirectory(dir: Node, parts: readonly string[], member: Member): Promise<void> {
    const { service } = this.#options;
    const name = parts.at(-1)!;
    const found = await find(service, dir, name);
    if (found && found.stat.kind !== 'directory') await this.#makeRoom(dir, parts, () => false);
    this.#names.delete(parts.join('/'));
    this.#keepTimes(await this.#directory(parts), member);
  }

  async #addFile(dir: Node, parts: readonly string[], member: Member): Promise<void> {
    const { service, budget, job } = this.#options;
    const there = await this.#makeRoom(dir, parts, ({ kind, size, mtime }) => kind === 'file' && size === member.size && mtime === member.mtime && !this.#layered);
    if (there !== undefined) {
      this.resumed++;
      return;
    }
    if (member.size > FILE_MAX) throw new Refused(`it is longer than ${FILE_MAX} bytes`);
    budget.spend(member.size, 0);
    const node = await service.create(dir, parts.at(-1)!);
    try {
      let end = 0;
      for await (const { at, bytes } of member.pieces()) {
        job.check();
        end = Math.max(end, await this.#write(node, at, bytes));
      }
      if (end !== member.size) await service.truncate(node, member.size);
    } catch (error) {
      await service.unlink(dir, parts.at(-1)!);
      throw error;
    }
    // The time is set last: a file that has it is whole, which is how a later attempt knows.
    await service.setTimes(node, member.atime, member.mtime);
  }

  /** Writes what is not zeros; returns where that ends. */
  async #write(node: Node, at: number, bytes: Uint8Array): Promise<number> {
    const { service, budget } = this.#options;
    let end = 0;
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + BLOCK - ((at + from) % BLOCK));
      const part = bytes.subarray(from, to);
      if (!isZero(part)) {
        budget.spend(0, part.length);
        for (let done = 0; done < part.length;) done += await service.write(node, at + from + done, part.subarray(done));
        end = at + to;
      }
      from = to;
    }
    return end;
  }

  async #addSymlink(dir: Node, parts: readonly string[], { target, mtime, atime }: Member): Promise<void> {
    const { service, links } = this.#options;
    if (target === null || target === undefined || target === '' || target.includes('\0')) throw new Refused('what it points to is not UTF-8, empty, or has a zero byte in it');
    if (links === 'inside' && !staysInside(target, parts.length - 1)) throw new Refused(`it is a link that leads out of where it is put (to “${target}”)`);
    await this.#makeRoom(dir, parts, () => false);
    const node = await service.symlink(dir, parts.at(-1)!, target);
    await service.setTimes(node, atime, mtime);
  }

  async #addHardLink(dir: Node, parts: readonly string[], { target }: Member): Promise<void> {
    const { service } = this.#options;
    const placed = placeName(target ?? null);
    if ('why' in placed || placed.parts.length === 0) throw new Refused('it is a link to what is no member of the archive');
    const to = placed.parts;
    if (to.join('/') === parts.join('/')) throw new Refused('it is a link to itself');
    const node = await this.#existing(to);
    if (node === undefined) throw new Refused(`it is a link to “${to.join('/')}”, which is not there`);
    if ((await this.#makeRoom(dir, parts, (found) => found.node === node)) !== undefined) {
      this.resumed++;
      return;
    }
    await service.link(dir, parts.at(-1)!, node);
  }

  /** A file or symbolic link that was unpacked, by real directories. */
  async #existing(parts: readonly string[]): Promise<Node | undefined> {
    let node = this.#options.top;
    for (const [index, part] of parts.entries()) {
      const found = await find(this.#options.service, node, part);
      if (!found || (found.stat.kind === 'directory') === (index === parts.length - 1)) return undefined;
      node = found.node;
    }
    return node;
  }

  /** Whether the name is a whiteout; it is done then. */
  async #whiteout(above: readonly string[], name: string): Promise<boolean> {
    const whiteout = whiteoutOf(name);
    if (!whiteout) return false;
    const { service } = this.#options;
    if (whiteout === 'opaque') {
      this.opaque.add(above.join('/'));
      if (!this.#layered) return true;
      const dir = await this.#directory(above);
      for await (const entry of entriesOf(service, dir)) {
        if (!this.#touched.has([...above, entry.name].join('/'))) await this.#forget(dir, entry.name);
      }
      return true;
    }
    const { hides } = whiteout;
    if (hides === '.' || hides === '..') throw new Refused('it hides what is no name');
    const path = [...above, hides].join('/');
    this.hidden.add(path);
    // A layer's whiteouts hide what lies below it, never what it has itself.
    if (this.#layered && !this.#touched.has(path)) await this.#forget(await this.#directory(above), hides);
    return true;
  }

  async #forget(dir: Node, name: string): Promise<void> {
    this.#directories.clear();
    await removeTree(this.#options.service, dir, name);
  }
}

function ownFailure(error: unknown, member: Member): string | undefined {
  if (error instanceof Refused) return error.message;
  if (!(error instanceof FsError)) return undefined;
  if (error.code === 'EBADMSG') return member.independent ? error.detail ?? error.message : undefined;
  // What the archive itself may not do is a failure of the whole.
  return error.syscall !== 'import' && OWN_FAILURES.includes(error.code) ? error.message : undefined;
}

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
