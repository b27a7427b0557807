import type { Action } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { checkAction } from './action.ts';
import { hostGrantFault } from './hosts.ts';

const TEXT_MAX = 16 * 1024;
const METHODS_MAX = 8;

function invalid(detail: string): FsError {
  return new FsError('EINVAL', 'cap-request', undefined, { detail });
}

/**
 * What a program asks for, as JSON with the members of a grant and its `kind`: `{"kind": "http", "host": "example.org", "methods": ["GET"], "reason": "…"}`. A member
 * of the action itself will do too (`url` and `method`). @throws FsError EINVAL
 */
export function parseCapRequest(text: string): { actions: Action[]; reason: string | undefined } {
  if (text.length > TEXT_MAX) throw invalid(`a request has at most ${TEXT_MAX} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('a request is JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('a request is a JSON object');
  const { reason, ...action } = value as Record<string, unknown>;
  if (reason !== undefined && typeof reason !== 'string') throw invalid('the reason is a text');
  return { reason, actions: action['kind'] === 'http' && action['host'] !== undefined ? ofHost(action) : [checkAction(action['kind'] === 'kv' && action['access'] === undefined ? { ...action, access: 'write' } : action)] };
}

/** One for each method. */
function ofHost({ host, methods, insecure }: Record<string, unknown>): Action[] {
  if (typeof host !== 'string' || hostGrantFault(host) !== null || host.startsWith('*')) throw invalid('the host is a name such as example.org');
  if (!Array.isArray(methods) || methods.length === 0 || methods.length > METHODS_MAX) throw invalid(`the methods are a list of 1 to ${METHODS_MAX}`);
  return methods.map((method) => checkAction({ kind: 'http', method: method as unknown, url: `${insecure === true ? 'http' : 'https'}://${host}/` }));
}
