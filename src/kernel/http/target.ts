import { httpError } from './request.ts';

/** Bytes of a target, at most. */
const TARGET_MAX = 4096;
/**
 * Absolute form with a host (RFC 9110, 4.2), in the characters that RFC 3986 knows. What URL parsers take beyond that (backslashes,
 * missing or more slashes, blanks, tabs within) is what tricks are made of.
 */
const ABSOLUTE = /^https?:\/\/[^/?#@[\]]{1,255}(?:[/?]|$)|^https?:\/\/\[[0-9A-Fa-f:.]{2,45}\](?::\d{0,5})?(?:[/?]|$)/i;
const CHARACTERS = /^[A-Za-z0-9._~:/?[\]@!$&'()*+,;=%-]*$/;

export interface Target {
  /** As it is fetched, and as grants are compared with it: host in ASCII, lower case, IPv4 and IPv6 addresses in their one spelling. */
  url: string;
  /** With the port, if it is not the scheme's. */
  host: string;
}

/** @throws FsError EINVAL */
export function parseTarget(target: string): Target {
  const shown = JSON.stringify(target.slice(0, 200));
  if (target.length > TARGET_MAX) throw httpError('E2BIG', `the target has ${target.length} bytes, ${TARGET_MAX} at most`);
  if (target.includes('@') && /^[^/]*\/\/[^/?#]*@/.test(target)) throw httpError('EINVAL', `${shown} has a user’s name in it`);
  if (!ABSOLUTE.test(target) || !CHARACTERS.test(target)) throw httpError('EINVAL', `${shown} is not an http(s) URL with a host`);
  const url = parsed(target, shown);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw httpError('EINVAL', `${shown} is not an http(s) URL`);
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw httpError('EINVAL', `${shown} has a user’s name or a fragment in it`);
  // A name that ends with a dot is the same host under another name.
  if (url.hostname === '' || url.hostname.endsWith('.') || url.port === '0') throw httpError('EINVAL', `${shown} has no usable host`);
  return { url: url.href, host: url.host };
}

function parsed(target: string, shown: string): URL {
  try {
    return new URL(target);
  } catch {
    throw httpError('EINVAL', `${shown} is not a URL`);
  }
}

/** A `Host` line, if there is one, says the same as the target. @throws FsError EINVAL */
export function checkHost(host: string | null, target: Target): void {
  if (host === null) return;
  const same = CHARACTERS.test(host) && !/[/?@]/.test(host) && URL.canParse(`http://${host}`) && hostIn(target.url, host) === target.host;
  if (!same) throw httpError('EINVAL', `Host is ${JSON.stringify(host.slice(0, 100))}, the target’s is ${target.host}`);
}

function hostIn(url: string, host: string): string {
  return new URL(`${url.slice(0, url.indexOf(':'))}://${host}`).host;
}
