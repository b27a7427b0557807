import { FILE_RIGHTS, RightBit, type Action, type ComponentGrants, type FileRight, type HeldGrant, type HttpGrant } from '../../shared/abi/index.ts';
import type { DirectoryGrant, Grants } from '../capability/index.ts';
import { summaryOf } from './action.ts';
import { Glob, globFault } from './glob.ts';
import { HostPattern, parseUrl } from './hosts.ts';
import { SubjectPattern } from './subjects.ts';

/** A right of a process, and what it covers. */
export interface Held extends HeldGrant {
  /** Of what is opened by it: as `DirectoryGrant.grant`. */
  readonly number?: number;
  readonly http?: HttpGrant;
  covers(action: Action): boolean;
}

/** Before it has a number. */
export type Unnumbered = Omit<Held, 'id' | 'uses' | 'revoked' | 'origin'>;

const ALL_RIGHTS = 15;
const rightsOf = (bits: number): FileRight[] => FILE_RIGHTS.filter((right) => bits & RightBit[right]);

function heldFile(path: string, rights: readonly FileRight[]): Unnumbered {
  const glob = new Glob(path);
  const action: Action = { kind: 'file', path, rights: [...rights] };
  return { action, summary: summaryOf(action), covers: (asked) => asked.kind === 'file' && asked.rights.every((right) => rights.includes(right)) && glob.covers(asked.path) };
}

function heldHttp({ host, methods, insecure = false }: HttpGrant): Unnumbered {
  const pattern = new HostPattern(host);
  const action: Action = { kind: 'http', method: methods.join(', '), url: `${insecure ? 'http' : 'https'}://${host}` };
  return {
    action, http: { host, methods, insecure }, summary: summaryOf(action),
    covers: (asked) => {
      if (asked.kind !== 'http' || !methods.includes(asked.method)) return false;
      const origin = parseUrl(asked.url);
      return typeof origin !== 'string' && pattern.covers(insecure, origin);
    },
  };
}

/** `port` 0: any. */
function heldPort(kind: 'listen' | 'connect', port: number): Unnumbered {
  const action: Action = { kind, port };
  return { action, summary: summaryOf(action), covers: (asked) => asked.kind === kind && (port === 0 || asked.port === port) };
}

function heldSubject(kind: 'publish' | 'subscribe', subject: string): Unnumbered {
  const action: Action = { kind, subject };
  const pattern = new SubjectPattern(subject);
  return { action, summary: summaryOf(action), covers: (asked) => asked.kind === kind && pattern.covers(asked.subject) };
}

/** Who may write may read. */
function heldKv(namespace: string, access: 'read' | 'write'): Unnumbered {
  const action: Action = { kind: 'kv', namespace, access };
  return { action, summary: summaryOf(action), covers: (asked) => asked.kind === 'kv' && asked.namespace === namespace && (access === 'write' || asked.access === 'read') };
}

function heldSpawn(path: string): Unnumbered {
  const glob = new Glob(path);
  const action: Action = { kind: 'spawn', path };
  return { action, summary: summaryOf(action), covers: (asked) => asked.kind === 'spawn' && glob.covers(asked.path) };
}

function heldPlain(kind: 'clocks' | 'entropy'): Unnumbered {
  const action: Action = { kind };
  return { action, summary: summaryOf(action), covers: (asked) => asked.kind === kind };
}

/** What the answer “while it runs” to a question gives: of a URL its whole host, all else exactly. */
export function heldFor(action: Action): Unnumbered {
  switch (action.kind) {
    case 'file': return heldFile(action.path, action.rights);
    case 'http': return heldHttp(grantOfUrl(action.method, action.url));
    case 'listen':
    case 'connect': return heldPort(action.kind, action.port);
    case 'publish':
    case 'subscribe': return heldSubject(action.kind, action.subject);
    case 'kv': return heldKv(action.namespace, action.access);
    case 'spawn': return heldSpawn(action.path);
    default: return heldPlain(action.kind);
  }
}

/** The least grant that covers a request, of a URL that was checked. */
export function grantOfUrl(method: string, url: string): HttpGrant {
  const origin = parseUrl(url);
  if (typeof origin === 'string') throw new TypeError(`unchecked URL: ${origin}`);
  const { secure, host, port } = origin;
  return { host: port === (secure ? 443 : 80) ? host : `${host}:${port}`, methods: [method], ...(!secure && { insecure: true }) };
}

/** What can be said of a directory that was opened for a process. A name with a wildcard in it cannot be said as a glob: nothing. */
function filesOf({ path, rights = ALL_RIGHTS, globs, grant = 0 }: DirectoryGrant): Unnumbered[] {
  if (globs) return globs.map((glob) => ({ ...heldFile(glob.path, rightsOf(glob.rights)), number: glob.grant ?? grant }));
  if (globFault(path) !== null || /[*?]/.test(path)) return [];
  return [{ ...heldFile(path === '/' ? '/**' : `${path}/**`, rightsOf(rights)), number: grant }];
}

/** All that a process was started with. */
export function heldAtStart(grants: Grants): Unnumbered[] {
  const held = [...grants.directories.flatMap(filesOf), ...heldOf({ ...grants.component, clocks: grants.clocks, entropy: grants.entropy })];
  for (const port of [...grants.listen, ...(grants.bind ? [0] : [])]) held.push(heldPort('listen', port));
  if (grants.connect) held.push(heldPort('connect', 0));
  if (grants.spawn) held.push(heldSpawn('/**'));
  return unique(held);
}

/** Grants one by one. */
export function heldOf({ files, http, listen, connect, publish, subscribe, kv, spawn, clocks, entropy }: ComponentGrants): Unnumbered[] {
  return [
    ...files.map(({ path, rights }) => heldFile(path, rights)), ...http.map(heldHttp),
    ...listen.map((port) => heldPort('listen', port)), ...connect.map((port) => heldPort('connect', port)),
    ...publish.map((subject) => heldSubject('publish', subject)), ...subscribe.map((subject) => heldSubject('subscribe', subject)),
    ...kv.map((namespace) => heldKv(namespace, 'write')), ...spawn.map(heldSpawn),
    ...(clocks ? [heldPlain('clocks')] : []), ...(entropy ? [heldPlain('entropy')] : []),
  ];
}

/** What was declared stands among the directories too. */
function unique(held: readonly Unnumbered[]): Unnumbered[] {
  const seen = new Set<string>();
  return held.filter(({ summary }) => !seen.has(summary) && seen.add(summary));
}
