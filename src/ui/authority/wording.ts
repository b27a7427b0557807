import type { Action, ApprovalAnswer, AuditRecord, ComponentGrants, DecidedBy, FileRight, HeldGrant, Trust } from '../../shared/abi/index.ts';

/** What is asked for, in our words, with what the program chose set apart. */
export interface ActionText {
  /** Goes on after the program's name: “wants to read the file”. */
  asks: string;
  /** The same as a thing that it may do: “read files”. */
  does: string;
  /** What it is about: a host, a path, a subject. Text of the program. */
  subject: string;
  /** What else belongs to it, such as the whole address. Text of the program. */
  details: { label: string; text: string }[];
  /** What one should know about it, in our words. */
  notes: string[];
}

const RIGHT_WORDS: Record<FileRight, string> = { read: 'read', write: 'change', create: 'create', delete: 'delete' };

/** `read, change and delete`. */
export function listWords(words: readonly string[], last = 'and'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

export const rightsText = (rights: readonly FileRight[]): string => listWords(rights.map((right) => RIGHT_WORDS[right]));

const METHOD = /^[A-Z]{1,20}$/;
const plain = (asks: string, does: string, subject: string, ...notes: string[]): ActionText => ({ asks, does, subject, details: [], notes });

/** In words of the page: nothing in `asks`, `does` and `notes` comes from the program. */
export function describeAction(action: Action): ActionText {
  switch (action.kind) {
    case 'file': return describeFile(action.path, action.rights);
    case 'http': return describeHttp(action.method, action.url);
    case 'listen': return plain('wants to be called by others in this tab, on the port', 'be called in this tab, port', portText(action.port));
    case 'connect': return plain('wants to call a program in this tab, on the port', 'call programs in this tab, port', portText(action.port));
    case 'publish': return plain('wants to send messages to the subject', 'send messages to', action.subject, ...wideNote(action.subject));
    case 'subscribe': return plain('wants to read all messages of the subject', 'read messages of', action.subject, ...wideNote(action.subject));
    case 'kv': return plain(`wants to ${action.access === 'write' ? 'change' : 'read'} the stored pairs of`, `${action.access === 'write' ? 'change' : 'read'} stored pairs of`, action.namespace, 'They belong to another program.');
    case 'spawn': return plain('wants to start the program', 'start programs', action.path);
    case 'clocks': return plain('wants to know the time', 'know the time', '');
    case 'entropy': return plain('wants random numbers', 'use randomness', '');
  }
}

/** Port 0 stands for any. */
const portText = (port: number): string => (port === 0 ? 'any' : String(port));

function describeFile(path: string, rights: readonly FileRight[]): ActionText {
  const many = /[*?]/.test(path);
  const what = many ? 'files' : 'the file or folder';
  const notes = many ? [path.includes('**') ? 'Each * stands for any name, ** for anything below.' : 'Each * stands for any name.'] : [];
  if (path === '/**' || path === '/') notes.push('That is the whole workspace.');
  return plain(`wants to ${rightsText(rights)} ${what}`, `${rightsText(rights)} files`, path, ...notes);
}

const wideNote = (subject: string): string[] => (subject === '>' || subject === '*' || subject.startsWith('*.') ? ['That covers subjects of every program.'] : []);

/** The host as it is called, in ASCII; the rest of the address, where a name of its own choosing could stand, is apart from it. */
function describeHttp(method: string, url: string): ActionText {
  const verb = METHOD.test(method) ? method : 'network';
  const asks = `wants to send a ${verb} request to`;
  const does = 'send requests';
  const details = [{ label: 'Whole address', text: url }, ...(METHOD.test(method) ? [] : [{ label: 'Method', text: method }])];
  const parsed = parseUrl(url);
  if (!parsed) return { asks, does, subject: url, details, notes: ['This is not an address that can be read.'] };
  return { asks, does, subject: parsed.host, details, notes: [...hostNotes(parsed), 'The request carries what the program puts into it, and no cookies.'] };
}

/** A URL keeps what stands before `@` and shows international names as they are called (`xn--…`). */
function parseUrl(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function hostNotes({ protocol, host, hostname, username, password }: URL): string[] {
  const notes: string[] = [];
  if (protocol !== 'https:') notes.push(protocol === 'http:' ? 'Not encrypted: others on the way can read and change it.' : `Neither https nor http, but ${protocol}`);
  if (hostname.split('.').some((label) => label.startsWith('xn--'))) notes.push('An international name, shown as it is called: it may be made to look like another one.');
  if (/^[\d.]+$|^\[/.test(hostname)) notes.push('A number rather than a name.');
  if (username !== '' || password !== '') notes.push(`The address puts another name before the host; it goes to ${host}.`);
  return notes;
}

export const TRUST_WORDS: Record<Trust, { text: string; about: string }> = {
  trusted: { text: 'trusted', about: 'It came with this page, or your policy trusts it.' },
  unknown: { text: 'unknown', about: 'Nobody here vouches for it.' },
  dev: { text: 'in development', about: 'Its manifest says that it is being worked on; nobody here vouches for it.' },
};

export const ANSWER_WORDS: Record<ApprovalAnswer | 'timeout', string> = {
  once: 'allowed once', running: 'allowed while it runs', always: 'allowed always', no: 'denied', timeout: 'timed out: nobody answered',
};

/** After the decision: "refused because nobody granted it". */
export const DECIDED_WORDS: Record<DecidedBy, string> = {
  grant: 'by a grant it has', policy: 'by the policy', budget: 'by its budget', user: 'by you', timeout: 'because nobody answered', revoked: 'because it was revoked',
  'dry-run': 'by the dry run', observe: 'by observe mode', default: 'because nobody granted it',
};

export const ORIGIN_WORDS: Record<HeldGrant['origin'], string> = {
  start: 'when it was started', manifest: 'its manifest', policy: 'the policy', user: 'you, when it asked', token: 'a token it was sent', parent: 'the program that started it',
};

/** `kind` and what it was about, of a line of the audit. */
export function describeRecord(action: AuditRecord['action']): { does: string; subject: string } {
  if ('detail' in action) return { does: { revoke: 'grant revoked', policy: 'policy changed', token: 'token', flood: 'too many at once' }[action.kind], subject: action.detail };
  const { does, subject, details } = describeAction(action);
  return { does: action.kind === 'http' ? action.method : does, subject: action.kind === 'http' ? (details[0]?.text ?? subject) : subject };
}

/** One thing that a manifest asks for, by where it stands in the grants. */
export interface Ask {
  /** Unique within the grants: `files:2`, `clocks`. */
  id: string;
  kind: keyof ComponentGrants;
  /** In our words: “read and change files”. */
  does: string;
  /** Text of the manifest; empty for what has none. */
  subject: string;
  /** Why, in the manifest's words. */
  reason?: string;
  notes: string[];
}

/** What grants amount to, one by one, in the order in which they matter. */
export function asksOf(grants: ComponentGrants): Ask[] {
  const of = (kind: 'listen' | 'connect' | 'publish' | 'subscribe' | 'kv' | 'spawn', does: string, note?: (subject: string) => string[]): Ask[] =>
    grants[kind].map((value, at) => ({ id: `${kind}:${at}`, kind, does, subject: typeof value === 'number' ? portText(value) : value, notes: note?.(String(value)) ?? [] }));
  return [
    ...grants.http.map(({ host, methods, insecure, reason }, at): Ask => ({
      id: `http:${at}`, kind: 'http', does: `send ${listWords(methods.length > 0 ? methods : ['no'])} requests to`, subject: host, ...(reason !== undefined && { reason }),
      notes: [...(insecure ? ['Not only encrypted ones.'] : []), ...(host.split('.').some((label) => label.startsWith('xn--')) ? ['An international name, shown as it is called.'] : []), ...(host.startsWith('*.') ? ['All hosts below that one.'] : [])],
    })),
    ...grants.files.map(({ path, rights, reason }, at): Ask => ({
      id: `files:${at}`, kind: 'files', does: rightsText(rights), subject: path, ...(reason !== undefined && { reason }), notes: path === '/**' ? ['That is the whole workspace.'] : [],
    })),
    ...of('spawn', 'start', (path) => (path === '/**' ? ['That is every program.'] : [])),
    ...of('publish', 'send messages to', wideNote), ...of('subscribe', 'read messages of', wideNote),
    ...of('kv', 'read and change the stored pairs of'),
    ...of('listen', 'be called in this tab on port'), ...of('connect', 'call in this tab port'),
    ...(grants.clocks ? [{ id: 'clocks', kind: 'clocks' as const, does: 'know the time', subject: '', notes: [] }] : []),
    ...(grants.entropy ? [{ id: 'entropy', kind: 'entropy' as const, does: 'use randomness', subject: '', notes: [] }] : []),
  ];
}

/** The grants with only those that were ticked; `readOnly`: of these files only the right to read is left. */
export function tickedGrants(grants: ComponentGrants, ticked: ReadonlySet<string>, readOnly: ReadonlySet<string> = new Set()): ComponentGrants {
  const kept = <T>(kind: string, list: readonly T[]): T[] => list.filter((_each, at) => ticked.has(`${kind}:${at}`));
  return {
    files: grants.files.flatMap((grant, at) => (ticked.has(`files:${at}`) ? [readOnly.has(`files:${at}`) ? { ...grant, rights: grant.rights.filter((right) => right === 'read') } : grant] : []))
      .filter(({ rights }) => rights.length > 0),
    http: kept('http', grants.http), listen: kept('listen', grants.listen), connect: kept('connect', grants.connect),
    publish: kept('publish', grants.publish), subscribe: kept('subscribe', grants.subscribe), kv: kept('kv', grants.kv), spawn: kept('spawn', grants.spawn),
    clocks: grants.clocks && ticked.has('clocks'), entropy: grants.entropy && ticked.has('entropy'),
  };
}
