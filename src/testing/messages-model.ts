/** What one process was given beyond files, in the naive model's terms. */
export interface Given {
  kind: 'publish' | 'subscribe' | 'kv' | 'spawn';
  text: string;
  origin: 'start' | 'policy';
  revoked: boolean;
}

export interface ModelRule {
  decision: 'allow' | 'deny';
  kind: Given['kind'];
  text: string;
}

const PARTS = ['a', 'b', 'c'];

/** All subjects of up to four parts, which tell apart all patterns of up to three. */
const SUBJECTS = [1, 2, 3, 4].reduce<string[][]>((all) => [...all, (all.at(-1) ?? ['']).flatMap((head) => PARTS.map((part) => (head === '' ? part : `${head}.${part}`)))], []).flat();

const known = new Map<string, ReadonlySet<string>>();

/** The names that a pattern has; of what is no pattern itself. */
function namesOf(kind: Given['kind'], text: string): ReadonlySet<string> {
  if (kind === 'kv' || kind === 'spawn') return new Set([text]);
  let names = known.get(text);
  if (!names) {
    const regex = new RegExp(`^${text.split('.').map((part) => (part === '*' ? '[^.]+' : part === '>' ? '.+' : part)).join('\\.')}$`);
    known.set(text, (names = new Set(SUBJECTS.filter((subject) => regex.test(subject)))));
  }
  return names;
}

export const includes = (kind: Given['kind'], outer: string, inner: string): boolean => [...namesOf(kind, inner)].every((name) => namesOf(kind, outer).has(name));
const meet = (kind: Given['kind'], a: string, b: string): boolean => [...namesOf(kind, a)].some((name) => namesOf(kind, b).has(name));

/** A process: what it was given, and beyond what no rule gives it anything (null: a rule may give all). */
export class Party {
  given: Given[];
  readonly ceiling: readonly Given[] | null;

  constructor(given: Given[], ceiling: readonly Given[] | null) {
    this.given = given;
    this.ceiling = ceiling;
  }

  get live(): Given[] {
    return this.given.filter(({ revoked }) => !revoked);
  }

  /** Whether it may do that now; what a rule gives it has then. */
  may(kind: Given['kind'], text: string, rules: readonly ModelRule[]): boolean {
    const covering = this.given.filter((one) => one.kind === kind && includes(kind, one.text, text));
    const holds = covering.some(({ revoked }) => !revoked);
    if (!holds && covering.length > 0) return false;
    const rule = rules.find((one) => one.kind === kind && (one.decision === 'deny' ? meet(kind, one.text, text) : includes(kind, one.text, text)));
    if (rule?.decision === 'deny') return false;
    if (holds) return true;
    const within = !this.ceiling || this.ceiling.some((one) => !one.revoked && one.kind === kind && includes(kind, one.text, text));
    if (!rule || !within) return false;
    this.given.push({ kind, text, origin: 'policy', revoked: false });
    return true;
  }

  /** Other rules are in force. */
  dropPolicy(): void {
    this.given = this.given.filter(({ origin, revoked }) => origin === 'start' || revoked);
  }
}
