import type { MapSnapshot, MapTraffic } from '../../shared/abi/index.ts';
import { hostId, hostOf, processId, subjectId, type Graph } from './graph.ts';

/** What goes along an edge in a second. `read` comes towards the process, the others go away from it. */
export interface Rate {
  read: number;
  write: number;
  message: number;
}

export interface ProcessRate {
  calls: number;
  read: number;
  written: number;
}

/** Below this nothing is shown. */
const STILL = 0.2;
/** Share of what was before that is kept at each look: what stops fades within a second or two. */
const KEPT = 0.45;

/** Rates by edge, place and process, as they are shown: what changes fast is evened out. */
export class Flow {
  readonly edges = new Map<string, Rate>();
  readonly places = new Map<string, { reads: number; writes: number }>();
  readonly processes = new Map<number, ProcessRate>();

  /** Whether anything moves. */
  get live(): boolean {
    return this.edges.size > 0;
  }

  clear(): void {
    for (const map of [this.edges, this.places, this.processes]) map.clear();
  }

  /** Takes what went on since the last look. `placeOf`: the node of a directory. */
  take(traffic: MapTraffic, snapshot: MapSnapshot, graph: Graph, placeOf: (path: string) => string): void {
    this.#fade();
    const seconds = traffic.elapsed / 1000;
    if (seconds <= 0) return;
    const share = (1 - KEPT) / seconds;
    for (const { pid, calls, read, written } of traffic.processes) {
      const rate = this.processes.get(pid) ?? { calls: 0, read: 0, written: 0 };
      this.processes.set(pid, { calls: rate.calls + calls * share, read: rate.read + read * share, written: rate.written + written * share });
    }
    for (const { pid, path, reads, writes } of traffic.files) {
      const place = this.places.get(path) ?? { reads: 0, writes: 0 };
      this.places.set(path, { reads: place.reads + reads * share, writes: place.writes + writes * share });
      const to = placeOf(path);
      this.#add(edgeOf(graph, processId(pid), to, 'sees'), { read: reads * share, write: writes * share, message: 0 });
      if (writes === 0) continue;
      for (const edge of graph.edges) if (edge.from === to && edge.kind === 'holds' && graph.byId.get(edge.to)?.writable) this.#add(edge.id, { read: 0, write: writes * share, message: 0 });
    }
    for (const { pid, pattern, bytes } of traffic.messages) this.#add(edgeOf(graph, processId(pid), subjectId(pattern), 'listens'), { read: 0, write: 0, message: (bytes * share) / 64 });
    for (const { pid, grant, count } of traffic.uses) this.#use(pid, grant, count * share, snapshot, graph);
  }

  #use(pid: number, grant: number, rate: number, { processes }: MapSnapshot, graph: Graph): void {
    const action = processes.items.find((one) => one.pid === pid)?.grants.items.find(({ id }) => id === grant)?.action;
    if (action?.kind === 'publish') this.#add(edgeOf(graph, processId(pid), subjectId(action.subject), 'publishes'), { read: 0, write: 0, message: rate });
    else if (action?.kind === 'http') this.#add(edgeOf(graph, processId(pid), hostId(hostOf(action.url)), 'asks'), { read: 0, write: rate, message: 0 });
  }

  #add(edge: string | null, { read, write, message }: Rate): void {
    if (edge === null) return;
    const rate = this.edges.get(edge) ?? { read: 0, write: 0, message: 0 };
    this.edges.set(edge, { read: rate.read + read, write: rate.write + write, message: rate.message + message });
  }

  #fade(): void {
    for (const [id, { read, write, message }] of this.edges) {
      if (Math.max(read, write, message) * KEPT < STILL) this.edges.delete(id);
      else this.edges.set(id, { read: read * KEPT, write: write * KEPT, message: message * KEPT });
    }
    for (const [path, { reads, writes }] of this.places) {
      if (Math.max(reads, writes) * KEPT < STILL) this.places.delete(path);
      else this.places.set(path, { reads: reads * KEPT, writes: writes * KEPT });
    }
    for (const [pid, { calls, read, written }] of this.processes) {
      if (calls * KEPT < STILL) this.processes.delete(pid);
      else this.processes.set(pid, { calls: calls * KEPT, read: read * KEPT, written: written * KEPT });
    }
  }
}

/** The edge of a pair, where its ends may be folded; null if there is none. */
function edgeOf(graph: Graph, from: string, to: string, kind: string): string | null {
  const id = `${graph.instead.get(from) ?? from} → ${graph.instead.get(to) ?? to} ${kind}`;
  return graph.edgeIds.has(id) ? id : null;
}

/** How strong an edge is drawn, from 0 to 1. */
export const strength = ({ read, write, message }: Rate): number => Math.min(1, Math.log10(1 + Math.max(read, write, message)) / 3);
