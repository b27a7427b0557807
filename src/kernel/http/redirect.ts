import type { HttpRequest, HttpResponse } from '../contract/index.ts';
import { httpError } from './request.ts';
import { parseTarget } from './target.ts';

const KEEPS_METHOD = new Set([307, 308]);
const TO_GET = new Set([301, 302, 303]);

/**
 * The request that a redirect asks for, checked as the first one was; null: it is none. As browsers do: 303 goes on by GET, 301 and 302 too where
 * it was POST; a credential does not go to another origin. @throws FsError EINVAL
 */
export function nextHop(request: HttpRequest, { status, headers }: HttpResponse): HttpRequest | null {
  const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
  if (location === undefined || !(KEEPS_METHOD.has(status) || TO_GET.has(status))) return null;
  const { url } = parseTarget(absolute(location, request.url));
  const toGet = TO_GET.has(status) && (request.method === 'POST' || (status === 303 && request.method !== 'HEAD'));
  const kept = request.headers.filter(([name]) => !(toGet && name.startsWith('content-')) && !(name === 'authorization' && originOf(url) !== originOf(request.url)));
  if (toGet) return { method: 'GET', url, headers: kept };
  return { ...request, url, headers: kept };
}

function absolute(location: string, base: string): string {
  try {
    const { href, hash } = new URL(location, base);
    return hash === '' ? href : href.slice(0, -hash.length);
  } catch {
    throw httpError('EINVAL', 'the redirect leads to no URL');
  }
}

function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
