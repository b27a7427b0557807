import { FILE_RIGHTS, type Action, type ActionKind, type Decision, type FileRight, type ManifestProblem, type Trust } from '../../shared/abi/index.ts';
import type { ProgramIdentity } from '../capability/index.ts';
import { Checker, type Fields } from './checker.ts';
import { Glob, globFault } from './glob.ts';
import { hostGrantFault, HostPattern, parseUrl } from './hosts.ts';
import { isMethod, isNamespace } from './action.ts';
import { subjectFault, subjectParts, SubjectPattern } from './subjects.ts';
import { parseToml, type Located } from './toml.ts';

/** So that the kernel is never held up for long by reading it. */
const POLICY_BYTES = 256 * 1024;
const ITEMS_MAX = 12_000;
const RULES_MAX = 1000;
/** First parts of subjects of which the rules are gathered, of one program at most. */
const FIRSTS_MAX = 256;

export const ACTION_KINDS: readonly ActionKind[] = ['file', 'http', 'listen', 'connect', 'publish', 'subscribe', 'kv', 'spawn', 'clocks', 'entropy'];
/** Which members of a rule are for which actions. */
const MEMBERS = {
  path: ['file', 'spawn'], rights: ['file'], host: ['http'], methods: ['http'], insecure: ['http'], port: ['listen', 'connect'], subject: ['publish', 'subscribe'], namespace: ['kv'], access: ['kv'],
} as const satisfies Record<string, readonly ActionKind[]>;
const RULE_KEYS = ['decision', 'action', 'program', 'hash', 'id', 'manifest', 'trust', ...Object.keys(MEMBERS), 'per-minute', 'note'];

/** A rule that was read. */
export interface Rule {
  readonly line: number;
  readonly decision: Decision | 'ask';
  /** Uses by one process in a minute; null: no limit. */
  readonly perMinute: number | null;
  isFor(program: ProgramIdentity): boolean;
  /** Null: any. */
  readonly subject: SubjectPattern | null;
  /** By kind of action. */
  readonly tests: ReadonlyMap<ActionKind, Test>;
}

interface Conditions {
  path: Glob | undefined;
  rights: readonly FileRight[];
  host: HostPattern | undefined;
  methods: readonly string[];
  insecure: boolean | undefined;
  port: number | undefined;
  subject: SubjectPattern | undefined;
  namespace: string | undefined;
  access: 'read' | 'write' | undefined;
}

/** Whether an action is meant, as a whole (of what is allowed) or in part. Of one kind of action. */
type Test = (action: Action, whole: boolean) => boolean;

const ALWAYS: Test = () => true;

function meant<T>(given: readonly T[], wanted: readonly T[], whole: boolean): boolean {
  return given.length === 0 || (whole ? wanted.every((one) => given.includes(one)) : wanted.some((one) => given.includes(one)));
}

/** Made once for a rule, as it is asked for each decision. */
function testOf(kind: ActionKind, { path, rights, host, methods, insecure, port, subject, namespace, access }: Conditions): Test {
  switch (kind) {
    case 'file': return (action, whole) => action.kind === 'file' && meant(rights, action.rights, whole) && (!path || (whole ? path.covers(action.path) : path.overlaps(action.path)));
    case 'spawn': return path ? (action, whole) => action.kind === 'spawn' && (whole ? path.covers(action.path) : path.overlaps(action.path)) : ALWAYS;
    case 'publish':
    case 'subscribe': return subject ? (action, whole) => (action.kind === 'publish' || action.kind === 'subscribe') && (whole ? subject.covers(action.subject) : subject.meets(action.subject)) : ALWAYS;
    case 'listen':
    case 'connect': return port === undefined ? ALWAYS : (action) => (action.kind === 'listen' || action.kind === 'connect') && action.port === port;
    case 'kv': return (action, whole) => action.kind === 'kv' && (namespace === undefined || namespace === action.namespace)
      && (access === undefined || access === action.access || (whole ? access === 'write' : action.access === 'write'));
    case 'http': return (action, whole) => {
      if (action.kind !== 'http' || !meant(methods, [action.method], whole)) return false;
      const origin = parseUrl(action.url);
      if (typeof origin === 'string') return !whole;
      // What is denied is denied without encryption, and on other ports too.
      const plain = !whole || insecure === true;
      return host ? host.covers(plain, origin, !whole) : plain || origin.secure;
    };
    default: return ALWAYS;
  }
}

const hashFault = (text: string): string | null => (/^[0-9a-f]{64}$/.test(text) ? null : 'a hash has 64 hexadecimal digits in lower case (BLAKE3)');
const anything = (): null => null;

function kindsOf(fields: Fields): ReadonlySet<ActionKind> | undefined {
  const value = fields.value('action');
  const choice = (text: string): string | null => (text === 'any' || ACTION_KINDS.includes(text as ActionKind) ? null : `an action is one of ${ACTION_KINDS.join(', ')}, any`);
  if (value === undefined) {
    fields.fault('a rule says which action it is about; "any" is about all');
    return undefined;
  }
  const named = value.kind === 'list' ? fields.texts('action', choice) : [fields.text('action', choice)];
  const kinds = named.includes('any') ? ACTION_KINDS : (named.filter((kind) => kind !== undefined) as ActionKind[]);
  if (value.kind === 'list' && value.items.length === 0) fields.fault('no action is named', 'action');
  return kinds.length === 0 ? undefined : new Set(kinds);
}

function conditionsOf(fields: Fields): Conditions {
  const path = fields.text('path', globFault, 4096);
  const host = fields.text('host', hostGrantFault, 300);
  const subject = fields.text('subject', (text) => subjectFault(text, true), 256);
  return {
    path: path === undefined ? undefined : new Glob(path), host: host === undefined ? undefined : new HostPattern(host), subject: subject === undefined ? undefined : new SubjectPattern(subject),
    rights: fields.texts('rights', (text) => (FILE_RIGHTS.includes(text as FileRight) ? null : `a right is one of ${FILE_RIGHTS.join(', ')}`)) as FileRight[],
    methods: fields.texts('methods', (text) => (isMethod(text) ? null : 'a method is a word in capitals, such as GET')),
    insecure: fields.flag('insecure'), port: fields.number('port', 1, 65535),
    namespace: fields.text('namespace', (text) => (isNamespace(text) ? null : 'a namespace has 1 to 128 letters, digits and . _ : / -'), 128),
    access: fields.oneOf('access', ['read', 'write'] as const),
  };
}

/** A member that says nothing about an action of the rule would seem to bound it. */
function checkMembers(fields: Fields, kinds: ReadonlySet<ActionKind>): void {
  for (const [member, about] of Object.entries(MEMBERS) as [string, readonly ActionKind[]][]) {
    const stray = fields.has(member) ? [...kinds].find((kind) => !about.includes(kind)) : undefined;
    if (stray) fields.fault(`${member} says nothing about ${stray}; it is for ${about.join(' and ')}`, member);
  }
}

function readRule(fields: Fields, line: number): Rule | undefined {
  const decision = fields.oneOf('decision', ['allow', 'deny', 'ask'] as const);
  if (!fields.has('decision')) fields.fault('a rule has a decision: allow, deny or ask');
  const kinds = kindsOf(fields);
  const program = fields.text('program', globFault, 4096);
  const [hash, id] = [fields.text('hash', hashFault), fields.text('id', anything, 128)];
  const [manifest, trust] = [fields.flag('manifest'), fields.oneOf<Trust>('trust', ['trusted', 'unknown', 'dev'])];
  const conditions = conditionsOf(fields);
  const perMinute = fields.number('per-minute', 1, 1_000_000) ?? null;
  fields.text('note', anything, 1000);
  if (kinds) checkMembers(fields, kinds);
  if (perMinute !== null && decision !== undefined && decision !== 'allow') fields.fault('only what is allowed has a budget', 'per-minute');
  if (!decision || !kinds) return undefined;
  const glob = program === undefined ? undefined : new Glob(program);
  return {
    // Any manifest can claim any id: what is allowed by it is allowed to those only of which it is certain.
    line, decision, perMinute, subject: conditions.subject ?? null,
    isFor: (one) => (!glob || (one.path !== undefined && glob.covers(one.path))) && (hash === undefined || one.hash === hash)
      && (id === undefined || (one.id === id && (decision !== 'allow' || hash !== undefined || one.trust === 'trusted'))) && (manifest === undefined || manifest === (one.id !== undefined)) && (trust === undefined || one.trust === trust),
    tests: new Map([...kinds].map((kind) => [kind, testOf(kind, conditions)])),
  };
}

/** Reads each rule with a check of its own: what is wrong with one must not take part of it into force. */
function readRules(checker: Checker, value: Located | undefined): Rule[] {
  if (value === undefined) return [];
  if (value.kind !== 'list') {
    checker.fault(value, 'rule', 'rules are written as [[rule]]');
    return [];
  }
  if (value.items.length > RULES_MAX) checker.fault(value.items[RULES_MAX]!, 'rule', `there are more than ${RULES_MAX} rules`);
  return value.items.slice(0, RULES_MAX).flatMap((item, at) => {
    const own = new Checker();
    const rule = readRule(own.table(item, `rule[${at}]`, RULE_KEYS), item.line);
    for (const { line, column, key, message } of own.problems) checker.fault({ line, column }, key, message);
    return rule && own.problems.length === 0 ? [rule] : [];
  });
}

function readTrust(fields: Fields): Map<string, Trust> {
  const known = fields.tables('trust', ['hash', 'trust', 'note'], (one) => {
    const [hash, trust] = [one.text('hash', hashFault), one.oneOf<Trust>('trust', ['trusted', 'unknown', 'dev'])];
    one.text('note', anything, 1000);
    if (!one.has('hash')) one.fault('trust is given to a hash');
    if (!one.has('trust')) one.fault('trust is one of trusted, unknown, dev');
    return hash && trust ? { hash, trust } : undefined;
  }, ({ hash }) => hash);
  return new Map(known.map(({ hash, trust }) => [hash, trust]));
}

/** What a text of rules says. */
export class Policy {
  readonly rules: readonly Rule[];
  readonly problems: readonly ManifestProblem[];
  /** Nothing of it could be read, so that nobody knows what it forbids. */
  readonly unknown: boolean;
  readonly #trust: ReadonlyMap<string, Trust>;

  constructor(rules: readonly Rule[], trust: ReadonlyMap<string, Trust>, problems: readonly ManifestProblem[] = [], unknown = false) {
    this.rules = rules;
    this.problems = problems;
    this.unknown = unknown;
    this.#trust = trust;
  }

  static readonly EMPTY = new Policy([], new Map());

  static async read(text: string): Promise<Policy> {
    const parsed = await parseToml(text, { bytes: POLICY_BYTES, items: ITEMS_MAX });
    if (!('kind' in parsed)) return new Policy([], new Map(), [parsed], true);
    const checker = new Checker();
    const root = checker.table(parsed, '', ['rule', 'trust']);
    const rules = readRules(checker, root.value('rule'));
    const trust = readTrust(root);
    return new Policy(rules, trust, [...checker.problems].sort((a, b) => a.line - b.line || a.column - b.column));
  }

  /** Of a module, by its hash. */
  trustOf(hash: string): Trust | undefined {
    return this.#trust.get(hash);
  }

  /**
   * What is in force of a text with problems: what it forbids or wants asked, so far as that could be read, and what the last good one did; nothing that
   * it allows, and nobody's trust.
   */
  closed(last: Policy): Policy {
    const strict = (policy: Policy): Rule[] => policy.rules.filter(({ decision }) => decision !== 'allow');
    return new Policy([...strict(this), ...strict(last)], new Map(), this.problems, this.unknown && last === Policy.EMPTY);
  }

  /** The rules that are about a program, by kind of action, in their order. */
  of(program: ProgramIdentity): ProgramRules {
    return new ProgramRules(this.rules.filter((rule) => rule.isFor(program)));
  }
}

interface RuleTest {
  readonly rule: Rule;
  readonly whole: boolean;
  readonly test: Test;
}

/** The rules about one program. */
export class ProgramRules {
  readonly #byKind = new Map<ActionKind, RuleTest[]>();
  /** Rules about a subject by its first part, gathered when it is first asked for. */
  readonly #byFirst = { publish: new Map<string, RuleTest[]>(), subscribe: new Map<string, RuleTest[]>() };

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      for (const [kind, test] of rule.tests) {
        const list = this.#byKind.get(kind);
        const one = { rule, whole: rule.decision === 'allow', test };
        if (list) list.push(one);
        else this.#byKind.set(kind, [one]);
      }
    }
  }

  /** What is no subject nobody allows. */
  #findSubject(kind: 'publish' | 'subscribe', subject: string): Rule | undefined {
    const parts = subjectParts(subject);
    for (const { rule, whole } of this.#aboutSubject(kind, subject) ?? []) {
      const { subject: pattern } = rule;
      if (!pattern || (parts ? (whole ? pattern.coversParts(parts) : pattern.meetsParts(parts)) : !whole)) return rule;
    }
    return undefined;
  }

  /** Those of them that can be about a subject, by its first part; in their order. */
  #aboutSubject(kind: 'publish' | 'subscribe', subject: string): readonly RuleTest[] | undefined {
    const dot = subject.indexOf('.');
    const first = dot < 0 ? subject : subject.slice(0, dot);
    if (first === '*' || first === '>') return this.#byKind.get(kind);
    const byFirst = this.#byFirst[kind];
    let list = byFirst.get(first);
    if (!list) {
      if (byFirst.size >= FIRSTS_MAX) byFirst.clear();
      byFirst.set(first, (list = this.#byKind.get(kind)?.filter(({ rule }) => rule.subject === null || rule.subject.first === null || rule.subject.first === first) ?? []));
    }
    return list;
  }

  has(kind: ActionKind): boolean {
    return this.#byKind.has(kind);
  }

  /** The first that is about the action: what is allowed as a whole, what is denied or asked in part. */
  find(action: Action): Rule | undefined {
    if (action.kind === 'publish' || action.kind === 'subscribe') return this.#findSubject(action.kind, action.subject);
    const list = this.#byKind.get(action.kind);
    if (!list) return undefined;
    for (const { rule, whole, test } of list) if (test(action, whole)) return rule;
    return undefined;
  }
}
