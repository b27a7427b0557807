import type { Action } from '../../shared/abi/index.ts';
import type { ProgramIdentity } from '../capability/index.ts';
import { grantOfUrl } from './held.ts';
import { printable, quoted } from './printable.ts';

function members(action: Action): [string, string][] {
  switch (action.kind) {
    case 'file': return [['path', quoted(action.path)], ['rights', list(action.rights)]];
    case 'spawn': return [['path', quoted(action.path)]];
    case 'http': {
      const { host, methods, insecure } = grantOfUrl(action.method, action.url);
      return [['host', quoted(host)], ['methods', list(methods)], ...(insecure ? [['insecure', 'true'] as [string, string]] : [])];
    }
    case 'listen':
    case 'connect': return [['port', String(action.port)]];
    case 'publish':
    case 'subscribe': return [['subject', quoted(action.subject)]];
    case 'kv': return [['namespace', quoted(action.namespace)], ['access', quoted(action.access)]];
    default: return [];
  }
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

/** What the answer “always” adds to the policy: for this module alone, by its hash. Null for one of which none is known. */
export function ruleText({ hash, path }: ProgramIdentity, action: Action, date: string): string | null {
  if (hash === '') return null;
  const lines: [string, string][] = [['decision', '"allow"'], ['action', quoted(action.kind)], ...members(action), ['hash', quoted(hash)], ['note', quoted(`${date}: allowed always to ${printable(path ?? 'a module without a path', 120)}`)]];
  return `[[rule]]\n${lines.map(([name, value]) => `${name} = ${value}\n`).join('')}`;
}
