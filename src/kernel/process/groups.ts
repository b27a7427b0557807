import { FsError } from '../../shared/base/index.ts';
import type { EndedProcess, ProcessRecord } from './process-record.ts';

/** Where the processes are; owned by `Processes`. */
export interface Population {
  get(pid: number): ProcessRecord | undefined;
  running(): ProcessRecord[];
  /** Those that have ended and whose status is not known yet. */
  ending(): ProcessRecord[];
  /** Those that ended, the oldest first. */
  ended(): Iterable<EndedProcess>;
}

/** Process groups and sessions (POSIX.1-2017, XBD 3.296, 3.343): what `setpgid` and `setsid` say. */
export class Groups {
  readonly #population: Population;

  constructor(population: Population) {
    this.#population = population;
  }

  /** Those that run. */
  members(group: number): ProcessRecord[] {
    return this.#population.running().filter((record) => record.group === group);
  }

  /** A group lives on in the ended children that nobody has waited for: `a | b` may join `a`'s group when `a` has ended. */
  exists(group: number, session: number): boolean {
    const here = [...this.#population.running(), ...this.#population.ending()];
    if (here.some((record) => record.group === group && record.session === session)) return true;
    for (const { info, reaped } of this.#population.ended()) if (!reaped && info.group === group && info.session === session) return true;
    return false;
  }

  /** No member has a parent in another group of its session, who could let it go on when it is stopped (XBD 3.264). */
  isOrphaned(group: number): boolean {
    return !this.members(group).some(({ ppid, session }) => {
      const parent = this.#population.get(ppid);
      return parent !== undefined && parent.group !== group && parent.session === session;
    });
  }

  /** The groups that the end of `record` may orphan: stopped ones, its own and its children's. Ask before the end. */
  atRisk(record: ProcessRecord): number[] {
    const stopped = this.#population.running().filter((one) => one.stopped !== null && one !== record && (one.group === record.group || one.ppid === record.pid));
    return [...new Set(stopped.map(({ group }) => group))].filter((group) => !this.isOrphaned(group));
  }

  /** The group of a new process of `parent`. 0: its own, by its pid. @throws FsError EPERM */
  ofChild(parent: ProcessRecord, wanted: number | undefined): number | undefined {
    if (wanted === undefined) return parent.group;
    if (wanted === 0) return undefined;
    if (!this.exists(wanted, parent.session)) throw new FsError('EPERM', 'spawn', String(wanted), { detail: 'there is no such process group in the session' });
    return wanted;
  }

  /** As `setpgid`. @throws FsError ESRCH, EPERM, EINVAL */
  move(caller: ProcessRecord, pid: number, wanted: number): void {
    const record = pid === 0 ? caller : this.#population.get(pid);
    if (!record || (record !== caller && record.ppid !== caller.pid)) throw new FsError('ESRCH', 'set-group', String(pid));
    if (wanted < 0) throw new FsError('EINVAL', 'set-group', String(wanted));
    const group = wanted === 0 ? record.pid : wanted;
    const allowed = record.session === caller.session && record.session !== record.pid && (group === record.pid || this.exists(group, caller.session));
    if (!allowed) throw new FsError('EPERM', 'set-group', String(pid));
    this.#put(record, group);
  }

  /** As `setsid`: a session and a group of its own, without a terminal. @throws FsError EPERM for the leader of a group */
  lead(record: ProcessRecord): number {
    if (this.exists(record.pid, record.session)) throw new FsError('EPERM', 'set-session', String(record.pid), { detail: 'it leads a process group' });
    record.session = record.pid;
    record.tty = null;
    this.#put(record, record.pid);
    return record.pid;
  }

  #put(record: ProcessRecord, group: number): void {
    record.group = group;
    record.threads.group = group;
  }
}
