import type { HttpResponse } from '../contract/index.ts';

/** Of the message as it came over the network, which the body here is not: decoded, and in one piece. */
const ON_THE_WIRE = new Set(['content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'trailer', 'upgrade', 'set-cookie', 'set-cookie2']);
const LINE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Status line, headers, empty line. A length stands there only where it is no promise about the body that follows (HEAD), for that is
 * decoded by then.
 */
export function encodeHead(method: string, { status, statusText, headers }: HttpResponse): Uint8Array {
  const reason = LINE.test(statusText) ? statusText : '';
  const isKept = ([name, value]: [string, string]): boolean => {
    const lower = name.toLowerCase();
    return NAME.test(name) && LINE.test(value) && !ON_THE_WIRE.has(lower) && (lower !== 'content-length' || method === 'HEAD');
  };
  const lines = headers.filter(isKept).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`;
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}
