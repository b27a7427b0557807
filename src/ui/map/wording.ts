export type GraphKind = 'you' | 'process' | 'mount' | 'place' | 'folder' | 'port' | 'subject' | 'service' | 'layer' | 'line' | 'host' | 'cluster';
export type EdgeKind = 'sees' | 'holds' | 'listens' | 'publishes' | 'asks' | 'calls';

const SERVICES: Readonly<Record<string, string>> = {
  tree: 'the workspace’s files', tmp: 'in memory only', dev: 'devices', proc: 'processes as files', tcp: 'ports of this tab', bus: 'messages as files', logs: 'the audit log',
  history: 'the past, read-only', branch: 'branches', folder: 'folder of your disk',
};

export const serviceText = (name: string): string => SERVICES[name] ?? 'service';

export const KIND_WORDS: Readonly<Record<GraphKind, string>> = {
  you: 'you', process: 'process', mount: 'mount', place: 'directory', folder: 'folder of your disk', port: 'port', subject: 'subject', service: 'service', layer: 'layer', line: 'session or branch', host: 'host', cluster: 'group',
};

/** `from` … `to`. */
export const EDGE_WORDS: Readonly<Record<EdgeKind, { out: string; in: string }>> = {
  sees: { out: 'sees', in: 'is seen by' },
  holds: { out: 'is kept in', in: 'keeps' },
  listens: { out: 'listens to', in: 'is listened to by' },
  publishes: { out: 'may send to', in: 'may be sent to by' },
  asks: { out: 'may ask', in: 'may be asked by' },
  calls: { out: 'uses', in: 'is used by' },
};

/** `1.4k`, `12`: short, for a rate. */
export function shortCount(value: number): string {
  if (value < 10) return value < 1 ? '<1' : value.toFixed(value < 9.95 && value % 1 !== 0 ? 1 : 0);
  if (value < 1000) return String(Math.round(value));
  if (value < 1e6) return `${(value / 1000).toFixed(value < 9950 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
}
