import { FsError, type ErrnoName } from '../../shared/base/index.ts';

/** Bytes of the request line, and of the whole head with its empty line, at most; lines of headers, at most. */
const LINE_MAX = 8 * 1024;
const HEAD_MAX = 64 * 1024;
const HEADERS_MAX = 100;

/** A request as it was written. Names of headers in lower case, without what only concerned the message itself. */
export interface GuestRequest {
  method: string;
  target: string;
  /** Of the `Host` line; null: there is none. */
  host: string | null;
  headers: [name: string, value: string][];
  body: Uint8Array<ArrayBuffer>;
}

/** RFC 9110, 5.6.2; of methods in capitals only: others are a mistake, and browsers capitalise some of them. */
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
/** RFC 9110, 5.5: visible characters, blanks, tabs and bytes from 0x80 on (as Latin-1). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What a request by `fetch` cannot have. */
const NEVER = new Set(['CONNECT', 'TRACE', 'TRACK']);
const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/** About this one message or connection, which is not the one that goes out. */
const DROPPED = new Set(['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'accept-encoding', 'date', 'dnt', 'via']);
/** Who the page or its user is, which no program may say; what the browser alone decides; what would be another request than is granted. */
const FORBIDDEN = new Set([
  'cookie', 'cookie2', 'set-cookie', 'origin', 'referer', 'proxy-authorization', 'expect', 'upgrade', 'trailer', 'accept-charset',
  'access-control-request-headers', 'access-control-request-method', 'access-control-request-private-network', 'permissions-policy',
  'x-http-method', 'x-http-method-override', 'x-method-override',
]);
const FORBIDDEN_PREFIX = /^(?:sec-|proxy-)/;

export const httpError = (code: ErrnoName, detail: string): FsError => new FsError(code, 'http', undefined, { detail });

/**
 * An HTTP/1.1 message with its target in absolute form, read strictly (RFC 9112): what is not exactly that is refused, never
 * interpreted. @throws FsError EINVAL no such message, EPERM a header that a program may not send, E2BIG
 */
export function parseRequest(bytes: Uint8Array): GuestRequest {
  const end = endOfHead(bytes);
  const [first = '', ...lines] = latin1(bytes.subarray(0, end)).split('\r\n');
  const { method, target } = requestLine(first);
  const fields = lines.map(fieldOf);
  const body = new Uint8Array(bytes.subarray(end + 4));
  if (body.length > 0 && WITHOUT_BODY.has(method)) throw httpError('EINVAL', `${method} has no body`);
  checkLength(fields, body.length);
  return { method, target, host: hostOf(fields), headers: sent(fields), body };
}

/** Where the empty line is. */
function endOfHead(bytes: Uint8Array): number {
  const most = Math.min(bytes.length - 3, HEAD_MAX);
  for (let at = 0; at < most; at++) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  throw bytes.length > HEAD_MAX ? httpError('E2BIG', `the head has more than ${HEAD_MAX} bytes`) : httpError('EINVAL', 'there is no empty line after the headers');
}

function requestLine(line: string): { method: string; target: string } {
  if (line.length > LINE_MAX) throw httpError('E2BIG', `the request line has ${line.length} bytes, ${LINE_MAX} at most`);
  const parts = line.split(' ');
  const [method = '', target = '', version] = parts;
  if (parts.length !== 3 || version !== 'HTTP/1.1') throw httpError('EINVAL', 'the first line is not “METHOD target HTTP/1.1”');
  if (!METHOD.test(method) || NEVER.has(method)) throw httpError('EINVAL', `${JSON.stringify(method.slice(0, 40))} is not a method that can be sent`);
  return { method, target };
}

type Field = [name: string, value: string];

function fieldOf(line: string, at: number, lines: readonly string[]): Field {
  if (lines.length > HEADERS_MAX) throw httpError('E2BIG', `${lines.length} headers, ${HEADERS_MAX} at most`);
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  // A line that begins with a blank would go on with the one before (obs-fold), which a sender must not do.
  if (!NAME.test(name)) throw httpError('EINVAL', `line ${at + 2} is no header`);
  const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
  if (!VALUE.test(value)) throw httpError('EINVAL', `${name} contains a control character`);
  return [name.toLowerCase(), value];
}

/** RFC 9112, 6.3: one number, and true; without one the body is what follows. A transfer coding is not needed, for the length is known. */
function checkLength(fields: readonly Field[], length: number): void {
  const given = fields.filter(([name]) => name === 'content-length');
  if (fields.some(([name]) => name === 'transfer-encoding')) throw httpError('EINVAL', 'Transfer-Encoding is not possible: the body comes as it is');
  if (given.length > 1) throw httpError('EINVAL', 'there are several Content-Length');
  const value = given[0]?.[1];
  if (value !== undefined && (!/^\d{1,10}$/.test(value) || Number(value) !== length)) {
    throw httpError('EINVAL', `Content-Length is ${value.slice(0, 20)}, the body has ${length} bytes`);
  }
}

function hostOf(fields: readonly Field[]): string | null {
  const given = fields.filter(([name]) => name === 'host');
  if (given.length > 1) throw httpError('EINVAL', 'there are several Host');
  return given[0]?.[1] ?? null;
}

/** An `Authorization` of the program's own is its credential, and goes. */
function sent(fields: readonly Field[]): Field[] {
  const dropped = (name: string): boolean => name === 'host' || DROPPED.has(name);
  for (const [name] of fields) {
    if (dropped(name)) continue;
    if (FORBIDDEN.has(name) || FORBIDDEN_PREFIX.test(name)) throw httpError('EPERM', `a program may not send ${name}`);
  }
  return fields.filter(([name]) => !dropped(name));
}

/** One character a byte. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
