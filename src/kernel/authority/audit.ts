import type { AuditRecord, DecidedBy, Decision } from '../../shared/abi/index.ts';
import type { AuditLog } from './audit-log.ts';
import { printable } from './printable.ts';

/** Who did what a record is about. */
export interface AuditSubject {
  readonly pid: number;
  readonly run: number;
  readonly program: string;
  readonly module: string;
}

type Told = AuditRecord['action'];

/** A record that is not written yet, and may stand for more uses. */
export interface Tally {
  readonly subject: AuditSubject;
  readonly action: Told;
  readonly decision: Decision;
  readonly by: DecidedBy;
  readonly time: number;
  count: number;
  /** It counts no more once it was written. */
  open: boolean;
}

/** Of one process: how many, and those that stand for the rest, by kind and decision. */
interface Own {
  count: number;
  readonly floods: Map<string, Tally>;
}

export interface AuditOptions {
  log: AuditLog;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Milliseconds in which equal uses become one record. */
const INTERVAL = 250;
/** Records of one process in that time; of what is beyond there is one for each kind and decision, by count. What the user decided is never among that. */
const PROCESS_MAX = 64;
const TOTAL_MAX = 4096;
const TEXT_MAX = 1024;

/** Gathers what is decided, and writes it in turns: a call that is decided costs a counter. */
export class Audit {
  readonly #options: AuditOptions;
  #tallies: Tally[] = [];
  readonly #byPid = new Map<number, Own>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  get log(): AuditLog {
    return this.#options.log;
  }

  /** One use, or `count`. The tally takes further ones as long as it is open. */
  note(subject: AuditSubject, action: Told, decision: Decision, by: DecidedBy, count = 1): Tally {
    const mine = this.#byPid.get(subject.pid) ?? { count: 0, floods: new Map<string, Tally>() };
    this.#byPid.set(subject.pid, mine);
    if (by !== 'user' && (mine.count >= PROCESS_MAX || this.#tallies.length >= TOTAL_MAX)) return this.#flooded(subject, mine, action, decision, by, count);
    mine.count++;
    return this.#add(subject, bounded(action), decision, by, count);
  }

  /** Writes what there is. `durable`: resolves when it is on disk. */
  flush(durable = false): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tallies = this.#tallies;
    this.#tallies = [];
    this.#byPid.clear();
    const records = tallies.map((tally) => {
      tally.open = false;
      const { subject: { pid, run, program, module }, action, decision, by, time, count } = tally;
      return { time, pid, run, program: printable(program, 80), module, action, decision, by, count };
    });
    if (records.length > 0) this.#writing = this.log.append(records, durable);
    return this.#writing;
  }

  #flooded(subject: AuditSubject, { floods }: Own, { kind }: Told, decision: Decision, by: DecidedBy, count: number): Tally {
    const what = `${kind} ${decision} ${by}`;
    const known = floods.get(what);
    if (known) known.count += count;
    const tally = known ?? this.#add(subject, { kind: 'flood', detail: `${kind}: more than ${PROCESS_MAX} different actions at once` }, decision, by, count);
    floods.set(what, tally);
    // It stands for many actions: who has it must come here again to count.
    return { ...tally, open: false };
  }

  #add(subject: AuditSubject, action: Told, decision: Decision, by: DecidedBy, count: number): Tally {
    const tally: Tally = { subject, action, decision, by, time: this.#options.now(), count, open: true };
    this.#tallies.push(tally);
    this.#timer ??= setTimeout(() => void this.flush(), INTERVAL);
    return tally;
  }
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX).toWellFormed()}…` : text.toWellFormed();
}

/** Texts come from programs. */
function bounded(action: Told): Told {
  switch (action.kind) {
    case 'file':
    case 'spawn': return { ...action, path: cut(action.path) };
    case 'http': return { ...action, url: cut(action.url) };
    case 'revoke':
    case 'policy':
    case 'token':
    case 'flood': return { ...action, detail: cut(action.detail) };
    default: return action;
  }
}

