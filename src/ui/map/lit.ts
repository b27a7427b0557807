import type { MapState } from './map-model.ts';
import { reachOf, whoReaches } from './reach.ts';

/** What is lit up: the selected node with what it reaches, or with who reaches it. Null: nothing is, so nothing is dim. */
export function litOf({ snapshot, graph, selected, reaching }: Pick<MapState, 'snapshot' | 'graph' | 'selected' | 'reaching'>): ReadonlySet<string> | null {
  const node = reaching && selected !== null ? graph.byId.get(selected) : undefined;
  if (!node || !snapshot) return null;
  const process = node.kind === 'process' ? snapshot.processes.items.find(({ pid }) => pid === node.pid) : undefined;
  if (process) return new Set([node.id, ...reachOf(process, snapshot, graph).nodes]);
  return new Set([node.id, ...whoReaches(node.id, snapshot, graph).map((one) => `process ${one.process.pid}`)]);
}
