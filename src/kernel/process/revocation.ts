import { Connection, GlobMatcher, GlobsWord, GlobWord, Listener, OfdFlag, OfdKind, Shut } from '../../shared/arena/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import { ALL_RIGHTS, rootOf, withoutGrants } from '../capability/index.ts';
import type { Descriptors } from './descriptors.ts';
import type { ProcessRecord } from './process-record.ts';

/** Milliseconds to wait for all gates. */
const GATE_TIMEOUT = 2000;

export interface RevocationOptions {
  descriptors: Descriptors;
  clock: Clock;
  /** Those that have not ended. */
  running(): readonly ProcessRecord[];
  /** Our own bugs, such as a gate that stays set. */
  onFault?(message: string): void;
}

/** The numbers that were revoked while a process was made. */
export type Start = Set<number>;

/** Takes grants back from processes that run (SPEC.md, RV1 …). */
export class Revocation {
  /** What came from a grant and is a grant itself: tokens. Gives the numbers that go with these; what was not taken up of them is gone with it. */
  derived: (numbers: ReadonlySet<number>) => Iterable<number> = () => [];
  /** Descriptions that no process has yet. */
  unclaimed: () => Iterable<number> = () => [];
  readonly #options: RevocationOptions;
  readonly #matcher: GlobMatcher;
  readonly #starts = new Set<Start>();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RevocationOptions) {
    this.#options = options;
    this.#matcher = new GlobMatcher(options.descriptors.arena);
  }

  /** `numbers`: of grants, as in `DirectoryGrant.grant`. Resolves when every call fails that begins from then on and needs one of them, or one of those before. Never rejects. */
  revoke(numbers: Iterable<number>): Promise<void> {
    const gone = new Set(numbers);
    gone.delete(0);
    if (gone.size === 0) return this.#turn;
    for (const number of this.derived(gone)) gone.add(number);
    for (const start of this.#starts) for (const number of gone) start.add(number);
    const lost = this.#withdraw(this.#options.running(), gone);
    this.#turn = this.#turn.then(() => this.#revoke(gone, lost));
    return this.#turn;
  }

  /** A process is being made, from grants that may be revoked until `settle`. */
  begin(): Start {
    const start: Start = new Set();
    this.#starts.add(start);
    return start;
  }

  /** It is there, or will not be. What was revoked meanwhile it has not got; it has not run. */
  settle(start: Start, record?: ProcessRecord): void {
    this.#starts.delete(start);
    if (record && start.size > 0) this.#mark([record], start, this.#withdraw([record], start));
  }

  /** From what they hand on; those that lose the root. */
  #withdraw(records: readonly ProcessRecord[], gone: ReadonlySet<number>): Set<ProcessRecord> {
    const lost = new Set<ProcessRecord>();
    for (const record of records) {
      const before = rootOf(record.grants.directories);
      record.grants = withoutGrants(record.grants, gone);
      if (before && !rootOf(record.grants.directories)) lost.add(record);
    }
    return lost;
  }

  /** Nobody is within a section while descriptors are looked through: so each description that came from the grant is in a table, or its maker will see that the epoch has moved. */
  async #revoke(gone: ReadonlySet<number>, lost: ReadonlySet<ProcessRecord>): Promise<void> {
    const { running, clock, onFault } = this.#options;
    const held = running();
    for (const { threads } of held) threads.setHeld(true);
    const deadline = clock.monotonic() + GATE_TIMEOUT;
    const busy = (): ProcessRecord | undefined => held.find((record) => !record.last && record.threads.inSection);
    for (let tries = 0; busy() && clock.monotonic() < deadline; tries++) await new Promise<void>((resolve) => void setTimeout(resolve, tries < 10 ? 0 : 5));
    const late = busy();
    if (late) onFault?.(`process ${late.pid} did not leave its critical section within ${GATE_TIMEOUT} ms while a grant was revoked`);
    for (const { threads } of running()) threads.moveGrantEpoch();
    this.#mark(running(), gone, lost);
    for (const ofd of this.unclaimed()) if (this.#isGone(ofd, gone)) this.#end(ofd);
    for (const { threads } of held) threads.setHeld(false);
  }

  #mark(records: readonly ProcessRecord[], gone: ReadonlySet<number>, lost: ReadonlySet<ProcessRecord>): void {
    this.#options.descriptors.arena.sync();
    for (const record of records) {
      if (record.last) continue;
      record.fds.forEach((ofd) => {
        if (this.#isGone(ofd, gone)) this.#end(ofd);
        else if (lost.has(record)) this.#confine(ofd);
      });
    }
  }

  /** Of a directory with globs, patterns may go and others stay. */
  #isGone(ofd: number, gone: ReadonlySet<number>): boolean {
    const { files } = this.#options.descriptors;
    if (gone.has(files.grant(ofd))) return true;
    const globs = files.globs(ofd);
    const patterns = globs === 0 ? 0 : this.#takeFrom(globs, gone);
    if (patterns === 0) return false;
    const opened = files.patterns(ofd);
    if (opened !== 0) return (opened & patterns) !== 0;
    const rights = this.#matcher.rights(globs);
    files.withhold(ofd, ALL_RIGHTS & ~rights);
    return rights === 0;
  }

  /** Takes the rights of patterns away; which those are, as bits. */
  #takeFrom(globs: number, gone: ReadonlySet<number>): number {
    const { u32 } = this.#options.descriptors.arena;
    let patterns = 0;
    for (let i = 0, at = (globs >>> 2) + GlobsWord.FIRST; i < u32[(globs >>> 2) + GlobsWord.COUNT]!; i++, at += GlobWord.SIZE) {
      if (!gone.has(u32[at + GlobWord.GRANT]!)) continue;
      u32[at + GlobWord.RIGHTS] = 0;
      patterns |= 1 << i;
    }
    return patterns;
  }

  /** The other ends of sockets hear of it; who waits looks again when its process goes on. */
  #end(ofd: number): void {
    const { files, arena } = this.#options.descriptors;
    if (files.isRevoked(ofd)) return;
    files.revoke(ofd);
    const [kind, object] = [files.kind(ofd), files.object(ofd)];
    if (kind === OfdKind.LISTENER) new Listener(arena, object).shut();
    else if (kind === OfdKind.SOCKET) new Connection(arena, object).shut(Shut.BOTH);
  }

  /** `..` goes no further than the directory itself any more. */
  #confine(ofd: number): void {
    const { files } = this.#options.descriptors;
    if (files.kind(ofd) === OfdKind.DIRECTORY && files.flags(ofd) & OfdFlag.PREOPEN) files.confineToItself(ofd);
    else if (files.kind(ofd) === OfdKind.SERVICE) this.#options.descriptors.handles.confineToItself(files.object(ofd));
  }
}
