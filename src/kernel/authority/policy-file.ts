import type { ManifestProblem, Notice } from '../../shared/abi/index.ts';
import { Policy } from './policy.ts';

export const POLICY_PATH = '/etc/policy.toml';

export interface PolicyText {
  text: string;
  /** It is the one that comes with the page. */
  shipped: boolean;
}

/** Where the policy is, and what is known of it. */
export interface PolicyFileOptions {
  /** Its text; null where there is none. Rejects if it cannot be read. */
  read(): Promise<PolicyText | null>;
  /** Adds to its end, as an act of the user that can be undone. */
  append(text: string): Promise<void>;
  /** The text that the user wrote or agreed to last; null: none since the workspace was made. */
  accepted: { get(): Promise<PolicyText | null>; set(text: PolicyText): Promise<void> };
  /** Until `changed` was called for all that was written before. */
  settled(): Promise<void>;
  /** Whether that change was made by a program that is not the user's own hand. */
  byProgram(pid: number): boolean;
  /** Asks the user whether a program's change is to be in force. */
  confirm(pid: number): Promise<boolean>;
  /** Resolves when it is, what was opened before included. */
  inForce(policy: Policy): Promise<void>;
  raise(notice: Notice): void;
  clear(id: string): void;
}

/** The text is not there: nobody has said anything. */
const ABSENT = '';
/** Milliseconds between two tries to read what cannot be read. */
const RETRY = 5000;
const HELD_NOTICE = 'policy-held';
const FAULT_NOTICE = 'policy';
const UNREAD_NOTICE = 'policy-unread';

/**
 * Keeps the policy that is in force in step with its file (PF1 on). One who may write files is not thereby one who may grant: what a program writes there is
 * in force only once the user has said so.
 */
export class PolicyFile {
  readonly #options: PolicyFileOptions;
  /** In force, apart from its faults. */
  #text: string | null = null;
  #good = Policy.EMPTY;
  #policy = Policy.EMPTY;
  #queue: Promise<void> = Promise.resolve();
  #starting: Promise<void> | null = null;
  #started = false;
  #readAt = 0;
  /** Of the text that was read last. */
  #isShipped = false;
  /** Changes of programs that were told. */
  #byPrograms = 0;

  constructor(options: PolicyFileOptions) {
    this.#options = options;
  }

  get state(): { rules: number; problems: ManifestProblem[] } {
    return { rules: this.#policy.rules.length, problems: [...this.#policy.problems] };
  }

  /** Reads it for the first time: what was accepted, what is shipped, or what nobody has agreed to. */
  start(): Promise<void> {
    return this.#next(() => this.#start()).finally(() => (this.#started = true));
  }

  /** Until it is known what is in force; null: it is. One that could not be read is tried again. */
  ready(): Promise<void> | null {
    if (this.#started && (!this.#policy.unknown || Date.now() - this.#readAt < RETRY)) return null;
    this.#starting ??= this.start().finally(() => (this.#starting = null));
    return this.#starting;
  }

  /** When all changes that it was told of are in force or held back. */
  settled(): Promise<void> {
    return this.#queue;
  }

  /** The file may have changed. `pids`: who made the changes; 0: the user. */
  changed(pids: readonly number[]): Promise<void> {
    if (pids.some((pid) => this.#options.byProgram(pid))) this.#byPrograms++;
    // What was in force before the change is known first.
    if (!this.#started) void this.ready();
    return this.#next(() => this.#changed(pids));
  }

  /** Adds a rule, as the user's answer. Never rejects. */
  async append(rule: string): Promise<void> {
    try {
      const before = await this.#read();
      // What a program has put there meanwhile is not agreed to by the answer.
      if (before !== null && before !== (this.#text ?? ABSENT)) throw new Error('its file has changes that are not in force');
      const added = `${before === null || before === '' || before.endsWith('\n') ? '' : '\n'}\n${rule}`;
      await this.#checkRoom(`${before ?? ''}${added}`);
      await this.#options.append(added);
      const expected = `${before ?? ''}${added}`;
      await this.#next(async () => ((await this.#read()) === expected ? this.#take(expected) : undefined));
    } catch (error) {
      this.#options.raise({ id: FAULT_NOTICE, level: 'warning', action: 'policy', title: 'A rule could not be added to the policy', detail: `${POLICY_PATH}: ${text(error)}. What you allowed holds while the program runs.` });
    }
  }

  /** One rule too many would be a fault, and nothing allowed any more. */
  async #checkRoom(text: string): Promise<void> {
    const [fault] = this.#policy.problems.length > 0 ? [] : (await Policy.read(text)).problems;
    if (fault) throw new Error(`with it, ${fault.message}`);
  }

  #next(action: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(action);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Undefined: it cannot be read. */
  async #readWhole(): Promise<PolicyText | null | undefined> {
    this.#readAt = Date.now();
    const file = await this.#options.read().catch(() => undefined);
    this.#isShipped = file?.shipped ?? false;
    return file;
  }

  /** Null: it cannot be read. */
  async #read(): Promise<string | null> {
    const file = await this.#readWhole();
    return file === undefined ? null : (file?.text ?? ABSENT);
  }

  async #start(): Promise<void> {
    const accepted = await this.#options.accepted.get().catch(() => undefined);
    const file = await this.#readWhole();
    if (file === undefined || accepted === undefined) return this.#take(null);
    const now = file?.text ?? ABSENT;
    // What came with the page and cannot be fetched now, or was taken away by a program just before the end, holds.
    if (file === null && accepted?.shipped) return this.#use(accepted.text);
    // A new version of the page brings its own; one that was never changed follows it. Of one that was, the page's text is a change as any other.
    const follows = accepted === null ? file === null || file.shipped : accepted.shipped && file?.shipped === true;
    if (now === accepted?.text && (file?.shipped ?? false) === accepted.shipped) return this.#use(now);
    if (follows || now === accepted?.text) return this.#take(now);
    // Nobody knows who wrote it: from before this was kept, or by a program just before the end.
    await this.#use(accepted?.text ?? ABSENT);
    this.#hold('It was changed, and nobody has said that the change is to be in force');
  }

  async #changed(pids: readonly number[]): Promise<void> {
    const known = this.#byPrograms;
    const now = await this.#read();
    if (now !== null && now === this.#text) return this.#options.clear(HELD_NOTICE);
    const program = pids.find((pid) => this.#options.byProgram(pid));
    if (program === undefined) {
      // What was read may be a program's, who was quick to write over the user's: then that change is told by now, and its turn comes.
      const isSettled = await this.#options.settled().then(() => true, () => false);
      if (!isSettled) return this.#hold('It could not be stored');
      return this.#byPrograms === known ? this.#take(now) : undefined;
    }
    this.#hold(`Process ${program} changed it`);
    void this.#options.confirm(program).then(async (agreed) => {
      // Only what was there when it was asked.
      if (agreed) await this.#next(async () => ((await this.#read()) === now ? this.#take(now) : undefined));
    });
  }

  #hold(why: string): void {
    this.#options.raise({
      id: HELD_NOTICE, level: 'warning', action: 'policy', title: 'A change of the policy is not in force',
      detail: `${why}: ${POLICY_PATH}. The rules from before hold. Open the file; saving it puts it in force.`,
    });
  }

  /** A text that was just read. */
  async #take(now: string | null): Promise<void> {
    const shipped = this.#isShipped;
    this.#options.clear(HELD_NOTICE);
    await this.#use(now);
    if (now !== null) await this.#options.accepted.set({ text: now, shipped }).catch(() => undefined);
  }

  async #use(now: string | null): Promise<void> {
    const read = now === null ? new Policy([], new Map(), [{ line: 1, column: 1, key: '', message: 'it cannot be read' }], true) : await Policy.read(now);
    this.#text = now;
    const faulty = read.problems.length > 0;
    this.#policy = faulty ? read.closed(this.#good) : read;
    if (!faulty) this.#good = read;
    if (now === null) this.#tellUnread();
    else this.#options.clear(UNREAD_NOTICE);
    if (faulty && now !== null) this.#tell(read.problems);
    else this.#options.clear(FAULT_NOTICE);
    await this.#options.inForce(this.#policy);
  }

  #tellUnread(): void {
    this.#options.raise({
      id: UNREAD_NOTICE, level: 'error', title: 'The policy cannot be read: nothing is allowed by it',
      detail: `${POLICY_PATH}. What it forbade before holds. It is tried again when a program asks for something.`,
    });
  }

  #tell(problems: readonly ManifestProblem[]): void {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    this.#options.raise({
      id: FAULT_NOTICE, level: 'error', action: 'policy', title: 'The policy has faults: nothing is allowed by it',
      detail: `${POLICY_PATH}, line ${first?.line}, column ${first?.column}: ${first?.message}${more}. What it forbids holds as far as it can be read, and what it forbade before.`,
    });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
