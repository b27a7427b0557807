import { FsError } from '../../shared/base/index.ts';

/** The host by which programs know the tab's loopback. */
export const LOOPBACK = '127.0.0.1';

/** Names of this tab for itself; none of them leads out of it. */
const HOSTS: ReadonlySet<string> = new Set([LOOPBACK, 'localhost', '0.0.0.0', '[::1]', '[::]', '']);

export const PORT_MAX = 65535;

/** Whether `host` is the tab's loopback. */
export function isLoopback(host: string): boolean {
  return HOSTS.has(host);
}

/** The port of `host:port`, where the host is this tab. @throws FsError EINVAL, EADDRNOTAVAIL for another host */
export function parseListen(address: unknown): number {
  const text = typeof address === 'string' ? address : '';
  const colon = text.lastIndexOf(':');
  const port = parsePort(text.slice(colon + 1));
  if (colon < 0 || port === null) throw new FsError('EINVAL', 'listen', undefined, { detail: `${JSON.stringify(address)?.slice(0, 60)} is no address: ${LOOPBACK}:8080, say` });
  if (!isLoopback(text.slice(0, colon))) throw new FsError('EADDRNOTAVAIL', 'listen', text.slice(0, 60), { detail: `only the tab's own loopback (${LOOPBACK}) can be listened on` });
  return port;
}

/** 1 to 65535 in decimal digits; null for anything else. */
export function parsePort(text: string): number | null {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= PORT_MAX ? port : null;
}
