const HOST_MAX = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NUMERIC = /^(\d+|0x[0-9a-f]*)$/;
const OCTET = /^(0|[1-9]\d{0,2})$/;

/** Where a URL leads, in the one form in which grants are written. */
export interface Origin {
  secure: boolean;
  host: string;
  port: number;
}

/** Why a text is no host name; null if it is one. IPv4 addresses in dotted decimal are names of themselves. */
export function hostFault(host: string): string | null {
  if (host === '') return 'the host is empty';
  // eslint-disable-next-line no-control-regex
  if (/[^\u0000-\u007f]/.test(host)) return 'a host is written in ASCII (punycode, xn--…)';
  if (host !== host.toLowerCase()) return 'a host is written in lower case';
  if (host.includes('@')) return 'a host has no user in it';
  if (host.includes('[') || host.split(':').length > 2) return 'IPv6 addresses cannot be granted';
  if (host.length > HOST_MAX) return `a host has at most ${HOST_MAX} characters`;
  const labels = host.split('.');
  if (NUMERIC.test(labels.at(-1)!)) return isDotted(labels) ? null : 'an address is written as four decimal numbers, such as 127.0.0.1';
  const bad = labels.find((label) => !LABEL.test(label));
  return bad === undefined ? null : bad === '' ? 'a host has no empty parts and does not end in a dot' : `${bad.slice(0, 40)} cannot be part of a host`;
}

function isDotted(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((label) => OCTET.test(label) && Number(label) <= 255);
}

function portOf(text: string): number | null {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535 ? Number(text) : null;
}

/** Why a text is no host of a grant: `name`, `*.name`, either with `:port`. */
export function hostGrantFault(text: string): string | null {
  const [name = '', port, more] = text.split(':');
  if (text.includes('[') || more !== undefined) return 'IPv6 addresses cannot be granted';
  if (text.includes('/') || text.includes('\\')) return 'a host alone is written here, without scheme and path';
  const wild = name.startsWith('*.');
  const host = wild ? name.slice(2) : name;
  if (host.includes('*')) return '* stands for the first part of a host only, as in *.example.org';
  const fault = hostFault(host);
  if (fault !== null) return fault;
  if (wild && isDotted(host.split('.'))) return 'an address has no subdomains';
  if (wild && !host.includes('.') && host !== 'localhost') return `*.${host} is too wide: name a domain`;
  return port !== undefined && portOf(port) === null ? 'a port is a number from 1 to 65535' : null;
}

/**
 * Strict, so that no other parser can read another host out of it: ASCII, lower case, no user, no backslash, no escapes in the host.
 * A text: why it is refused.
 */
export function parseUrl(url: string): Origin | string {
  if (last.url !== url) last = { url, origin: readUrl(url) };
  return last.origin;
}

/** One action is compared with many hosts, one after the other. */
let last: { url: string; origin: Origin | string } = { url: '', origin: 'a URL is not empty' };

function readUrl(url: string): Origin | string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f\\]/.test(url)) return 'a URL has no blanks, control characters or backslashes';
  const match = /^(https?):\/\/([^/?#]*)/.exec(url);
  if (!match) return 'only http and https URLs in absolute form can be asked for';
  const [, scheme, authority = ''] = match;
  if (authority.includes('@')) return 'a URL has no user or password in it';
  const [host = '', port, more] = authority.split(':');
  const fault = hostFault(more !== undefined || authority.includes('[') ? authority : host);
  if (fault !== null) return fault;
  const secure = scheme === 'https';
  if (port === undefined) return { secure, host, port: secure ? 443 : 80 };
  const number = portOf(port);
  return number === null ? 'a port is a number from 1 to 65535' : { secure, host, port: number };
}

/** A host of a grant, made ready for many questions. */
export class HostPattern {
  readonly #name: string;
  readonly #suffix: string | null;
  readonly #port: number | null;

  constructor(granted: string) {
    const [name = '', port] = granted.split(':');
    this.#name = name;
    this.#suffix = name.startsWith('*.') ? name.slice(1) : null;
    this.#port = port === undefined ? null : Number(port);
  }

  /** Without a port it is the scheme's own; `anyPort`: all of them. Without `insecure`, https only. */
  covers(insecure: boolean, { secure, host, port }: Origin, anyPort = false): boolean {
    if (!secure && !insecure) return false;
    if (this.#port !== null ? port !== this.#port : !anyPort && port !== (secure ? 443 : 80)) return false;
    return this.#suffix === null ? host === this.#name : host.endsWith(this.#suffix) && host.length > this.#suffix.length;
  }
}

export function hostCovers(granted: string, insecure: boolean, origin: Origin): boolean {
  return new HostPattern(granted).covers(insecure, origin);
}
