import { formatBytes } from '../kit/index.ts';
import type { Flow } from './flow.ts';
import type { Graph, GraphNode } from './graph.ts';
import { shortCount } from './wording.ts';

export type Tone = 'read' | 'write' | 'message';

/** Below this a program rests. */
const RESTS = 1;

/** By node, what goes along its edges; what is written before what is read. */
export function tonesOf(graph: Graph, flow: Flow): Map<string, Tone> {
  const tones = new Map<string, Tone>();
  for (const { id, from, to } of graph.edges) {
    const rate = flow.edges.get(id);
    if (!rate) continue;
    const tone: Tone = rate.write > 0 ? 'write' : rate.read > 0 ? 'read' : 'message';
    for (const node of [from, to]) if (tones.get(node) !== 'write') tones.set(node, tone);
  }
  return tones;
}

/** What goes on at a node, in its second line; null: nothing. */
export function liveText(node: GraphNode, graph: Graph, flow: Flow): string | null {
  if (node.kind === 'process' && node.pid !== undefined && !node.faded) {
    const rate = flow.processes.get(node.pid);
    if (!rate || rate.calls < RESTS) return null;
    const bytes = rate.read + rate.written;
    return `pid ${node.pid} · ${shortCount(rate.calls)} calls/s${bytes >= 1024 ? ` · ${formatBytes(Math.round(bytes))}/s` : ''}`;
  }
  if (node.path !== undefined && node.counted) {
    const place = flow.places.get(node.path);
    if (!place) return null;
    return [...(place.writes > 0 ? [`${shortCount(place.writes)} changes/s`] : []), ...(place.reads > 0 ? [`${place.writes > 0 ? '' : 'being '}read`] : [])].join(' · ');
  }
  if (node.writable) {
    const writes = graph.edges.reduce((sum, { id, to }) => sum + (to === node.id ? (flow.edges.get(id)?.write ?? 0) : 0), 0);
    return writes > 0 ? `${shortCount(writes)} changes/s` : null;
  }
  return null;
}
