import { FILE_RIGHTS, NO_GRANTS, type ComponentGrants, type ComponentManifest, type FileGrant, type HttpGrant, type Limits, type ManifestProblem, type Trust } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { isNamespace, isMethod, KERNEL_NAMESPACES } from './action.ts';
import { Checker, type Fields } from './checker.ts';
import { globFault } from './glob.ts';
import { hostGrantFault } from './hosts.ts';
import { subjectFault } from './subjects.ts';
import { locate, parseToml, type Located } from './toml.ts';

/** Of the text of a manifest. */
export const MANIFEST_BYTES = 64 * 1024;
const ITEMS_MAX = 1000;

const TRUST: readonly Trust[] = ['trusted', 'unknown', 'dev'];
const GRANT_KEYS = ['files', 'http', 'listen', 'connect', 'publish', 'subscribe', 'kv', 'spawn', 'clocks', 'entropy'] as const;
const LIMIT_KEYS = ['memory', 'wall', 'cpu', 'files', 'output', 'processes', 'messages'] as const;
const REASON_MAX = 200;

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const line = (what: string) => (text: string): string | null => (text === '' ? `${what} is empty` : UNPRINTABLE.test(text) ? `${what} has control characters` : null);

const idFault = (text: string): string | null =>
  /^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$/.test(text) ? null : 'an id is written as org.example.name: small letters, digits and - between dots';
const moduleFault = (text: string): string | null => (text === '' || text.includes('/') ? 'module is the name of a file beside this one' : line('the module')(text));
const namespaceFault = (text: string): string | null =>
  !isNamespace(text) ? 'a namespace has 1 to 128 letters, digits and . _ : / -' : text.startsWith(KERNEL_NAMESPACES) ? 'this namespace is the kernel’s own' : null;

function reasonOf(fields: Fields): { reason?: string } {
  const reason = fields.text('reason', line('the reason'), REASON_MAX);
  return reason === undefined ? {} : { reason };
}

function fileGrant(fields: Fields): FileGrant | undefined {
  const path = fields.text('path', globFault, 4096);
  const rights = fields.texts('rights', (text) => (FILE_RIGHTS.includes(text as FileGrant['rights'][number]) ? null : `a right is one of ${FILE_RIGHTS.join(', ')}`)) as FileGrant['rights'];
  const reason = reasonOf(fields);
  if (!fields.has('path')) fields.fault('a grant of files has a path');
  if (!fields.has('rights')) fields.fault('a grant of files has rights');
  else if (rights.length === 0) fields.fault('no rights are named', 'rights');
  return path === undefined || rights.length === 0 ? undefined : { path, rights, ...reason };
}

function httpGrant(fields: Fields): HttpGrant | undefined {
  const host = fields.text('host', hostGrantFault, 300);
  const methods = fields.texts('methods', (text) => (isMethod(text) ? null : 'a method is a word in capitals, such as GET'));
  const insecure = fields.flag('insecure');
  const reason = reasonOf(fields);
  if (!fields.has('host')) fields.fault('a grant of HTTP has a host');
  if (!fields.has('methods')) fields.fault('a grant of HTTP has methods');
  else if (methods.length === 0) fields.fault('no methods are named', 'methods');
  return host === undefined || methods.length === 0 ? undefined : { host, methods, ...(insecure && { insecure }), ...reason };
}

function readGrants(checker: Checker, value: Located | undefined, key: string): ComponentGrants {
  const fields = checker.table(value, key, GRANT_KEYS);
  return {
    files: fields.tables('files', ['path', 'rights', 'reason'], fileGrant, ({ path }) => path),
    http: fields.tables('http', ['host', 'methods', 'insecure', 'reason'], httpGrant, ({ host, methods, insecure }) => `${insecure ? 'http' : 'https'}://${host} ${methods.join()}`),
    listen: fields.numbers('listen', 1, 65535),
    connect: fields.numbers('connect', 1, 65535),
    publish: fields.texts('publish', (text) => subjectFault(text, true)),
    subscribe: fields.texts('subscribe', (text) => subjectFault(text, true)),
    kv: fields.texts('kv', namespaceFault),
    spawn: fields.texts('spawn', globFault),
    clocks: fields.flag('clocks') ?? false,
    entropy: fields.flag('entropy') ?? false,
  };
}

function readLimits(checker: Checker, value: Located | undefined): Partial<Limits> {
  const fields = checker.table(value, 'limits', LIMIT_KEYS);
  const limits: Partial<Limits> = {};
  const set = (name: keyof Limits, limit: number | undefined): void => void (limit !== undefined && (limits[name] = limit));
  set('memory', fields.bytes('memory'));
  set('wall', fields.milliseconds('wall'));
  set('cpu', fields.milliseconds('cpu'));
  set('files', fields.number('files', 3, 1024));
  set('output', fields.bytes('output'));
  set('processes', fields.number('processes', 1, 1024));
  set('messages', fields.number('messages', 0, 1_000_000_000));
  return limits;
}

/** Checks the text of a manifest. `manifest` is null if anything is wrong with it. */
export async function readManifest(text: string): Promise<{ manifest: ComponentManifest | null; problems: ManifestProblem[] }> {
  const parsed = await parseToml(text, { bytes: MANIFEST_BYTES, items: ITEMS_MAX });
  if (!('kind' in parsed)) return { manifest: null, problems: [parsed] };
  const checker = new Checker();
  const root = checker.table(parsed, '', ['component', 'grants', 'limits']);
  const component = checker.table(root.value('component'), 'component', ['id', 'name', 'version', 'module', 'trust']);
  const id = component.text('id', idFault, 128);
  if (!component.has('id')) component.fault('a manifest has component.id, such as "org.example.name"');
  const [name, version, module] = [component.text('name', line('the name'), 80), component.text('version', line('the version'), 40), component.text('module', moduleFault, 255)];
  const trust = component.oneOf('trust', TRUST) ?? 'unknown';
  const grants = readGrants(checker, root.value('grants'), 'grants');
  const limits = readLimits(checker, root.value('limits'));
  const { problems } = checker;
  if (problems.length > 0 || id === undefined) return { manifest: null, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  const named = { id, ...(name !== undefined && { name }), ...(version !== undefined && { version }), ...(module !== undefined && { module }) };
  return { manifest: { component: { ...named, trust }, grants, limits }, problems };
}

/**
 * Grants as a caller from another realm gives them, with the members of `[grants]`; what is absent is not granted. `operation` is for the error.
 * @throws FsError EINVAL
 */
export function checkGrants(value: unknown, operation: string): ComponentGrants {
  if (value === undefined || value === null) return NO_GRANTS;
  const checker = new Checker();
  const grants = readGrants(checker, locate(value), 'grants');
  const [first] = checker.problems;
  if (first) throw new FsError('EINVAL', operation, undefined, { detail: `${first.key}: ${first.message}` });
  return grants;
}
