import { FILE_RIGHTS, type Action, type FileRight } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { globFault } from './glob.ts';
import { parseUrl } from './hosts.ts';
import { subjectFault } from './subjects.ts';

const URL_MAX = 8192;
const NAMESPACE = /^[A-Za-z0-9._:/-]{1,128}$/;
const METHOD = /^[A-Z]{1,20}$/;

/** Namespaces of pairs that are the kernel's own: no program can name them. */
export const KERNEL_NAMESPACES = 'palimpsest:';

/** Subjects on which the kernel alone speaks: nobody may publish there, whatever was granted. */
const KERNEL_SUBJECTS = ['approval', 'proc', 'fs', 'notice', 'workspace', 'fsck', 'log', 'audit', 'policy', 'grant'];

export function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 65535;
}

export function isRight(value: unknown): value is FileRight {
  return FILE_RIGHTS.includes(value as FileRight);
}

export const isNamespace = (value: string): boolean => NAMESPACE.test(value);
export const isMethod = (value: string): boolean => METHOD.test(value);

/** Why a value is no action that could be granted; null if it is one. */
export function actionFault(action: Record<string, unknown>): string | null {
  const text = (name: string): string => (typeof action[name] === 'string' ? action[name] : '');
  switch (action['kind']) {
    case 'file': {
      const rights: unknown = action['rights'];
      if (!Array.isArray(rights) || rights.length === 0 || rights.length > FILE_RIGHTS.length || !rights.every(isRight)) return `the rights are some of ${FILE_RIGHTS.join(', ')}`;
      return globFault(text('path'));
    }
    case 'spawn': return globFault(text('path'));
    case 'http': {
      if (!isMethod(text('method'))) return 'a method is a word in capitals';
      if (text('url').length > URL_MAX) return `a URL has at most ${URL_MAX} characters`;
      const origin = parseUrl(text('url'));
      return typeof origin === 'string' ? origin : null;
    }
    case 'listen':
    case 'connect': return isPort(action['port']) ? null : 'a port is a number from 1 to 65535';
    case 'publish': return subjectFault(text('subject'), false);
    case 'subscribe': return subjectFault(text('subject'), true);
    case 'kv': return isNamespace(text('namespace')) && (action['access'] === 'read' || action['access'] === 'write') ? null : 'a namespace has 1 to 128 letters, digits and . _ : / -, the access is read or write';
    case 'clocks':
    case 'entropy': return null;
    default: return 'there is no such kind of action';
  }
}

/** Of a value from another realm. Members that are not of its kind are dropped. @throws FsError EINVAL */
export function checkAction(value: unknown): Action {
  if (typeof value !== 'object' || value === null) throw new FsError('EINVAL', 'authorize', undefined, { detail: 'an action is an object' });
  const action = value as Record<string, unknown>;
  const why = actionFault(action);
  if (why !== null) throw new FsError('EINVAL', 'authorize', undefined, { detail: why });
  return copyOf(action as Action);
}

function copyOf(action: Action): Action {
  switch (action.kind) {
    case 'file': return { kind: 'file', path: action.path, rights: FILE_RIGHTS.filter((right) => action.rights.includes(right)) };
    case 'http': return { kind: 'http', method: action.method, url: action.url };
    case 'listen':
    case 'connect': return { kind: action.kind, port: action.port };
    case 'publish':
    case 'subscribe': return { kind: action.kind, subject: action.subject };
    case 'kv': return { kind: 'kv', namespace: action.namespace, access: action.access };
    case 'spawn': return { kind: 'spawn', path: action.path };
    default: return { kind: action.kind };
  }
}

/** Equal for equal actions only. */
export function actionKey(action: Action): string {
  switch (action.kind) {
    case 'file': return `f${action.rights.length === 1 ? action.rights[0]! : action.rights.join()} ${action.path}`;
    case 'http': return `h${action.method} ${action.url}`;
    case 'listen': return `l${action.port}`;
    case 'connect': return `c${action.port}`;
    case 'publish': return `p${action.subject}`;
    case 'subscribe': return `s${action.subject}`;
    case 'kv': return action.access === 'read' ? `r${action.namespace}` : `w${action.namespace}`;
    case 'spawn': return `x${action.path}`;
    default: return action.kind;
  }
}

/** In one line, for people. */
export function summaryOf(action: Action): string {
  switch (action.kind) {
    case 'file': return `${action.rights.join(', ')} ${action.path}`;
    case 'http': return `${action.method} ${action.url}`;
    case 'listen':
    case 'connect': return `${action.kind === 'listen' ? 'listen on' : 'connect to'} ${action.port === 0 ? 'any port' : `port ${action.port}`}`;
    case 'publish': return `publish ${action.subject}`;
    case 'subscribe': return `subscribe to ${action.subject}`;
    case 'kv': return `${action.access} pairs of ${action.namespace}`;
    case 'spawn': return `start ${action.path}`;
    case 'clocks': return 'know the time';
    case 'entropy': return 'have random bytes';
  }
}

/** What no grant, rule or answer can allow. Null: nothing. */
export function forbidden(action: Action): string | null {
  if (action.kind === 'kv' && action.namespace.startsWith(KERNEL_NAMESPACES)) return 'the namespace is the kernel’s own';
  if (action.kind === 'publish' && KERNEL_SUBJECTS.includes(action.subject.split('.', 1)[0]!)) return 'only the kernel speaks on this subject';
  return null;
}
