import type { MapLayer, MapMount, MapProcess, MapSnapshot, MapSubject } from '../../shared/abi/index.ts';
import { plural } from '../kit/index.ts';
import { serviceText, type EdgeKind, type GraphKind } from './wording.ts';

export type ClusterName = 'services' | 'subjects' | 'ended' | 'layers' | 'lines';

export interface GraphNode {
  /** The same from one picture to the next. */
  id: string;
  kind: GraphKind;
  column: 0 | 1 | 2;
  /** By which a column is ordered when it is laid out anew. */
  order: number;
  /** Text of programs: to be made visible before it is shown. */
  title: string;
  sub: string;
  /** Where it goes if one of the same seat has just left: programs that a loop starts one after the other have one place. */
  seat?: string;
  /** It has ended, or nobody uses it. */
  faded: boolean;
  pid?: number;
  path?: string;
  /** Of a layer, line or folder its name; of a subject its pattern; of a host or port that. */
  name?: string;
  /** The cluster that a press opens or closes, and whether it is open. */
  cluster?: ClusterName;
  open?: boolean;
  /** What is counted for its path is its own. */
  counted?: boolean;
  /** It begins with the upper's colour: changes go there. */
  writable?: boolean;
}

export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  kind: EdgeKind;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  byId: ReadonlyMap<string, GraphNode>;
  edgeIds: ReadonlySet<string>;
  /** Of what is folded: the node that stands for it. */
  instead: ReadonlyMap<string, string>;
  /** What is beyond the bounds of a snapshot, in words. */
  left: string[];
}

export interface GraphChoices {
  open: ReadonlySet<ClusterName>;
  /** Directories in which something went on lately, by path. */
  places: readonly string[];
  /** Processes whose end was just now: they stay where they are for a while. */
  lingering: ReadonlySet<number>;
  /** Pairs `pid path` of places in use: they have an edge. */
  touches: ReadonlySet<string>;
}

/** Services of the kernel, which are one node until it is opened. */
const PLAIN = new Set(['dev', 'tcp', 'proc', 'bus', 'logs', 'history', 'branch']);
const SUBJECTS_OPEN_MAX = 24;
const SUBJECTS_CLOSED_MAX = 3;
const LAYERS_MAX = 5;
const LINES_MAX = 4;

export const processId = (pid: number): string => (pid === 0 ? 'you' : `process ${pid}`);
export const mountId = (id: string): string => `mount ${id}`;
export const placeId = (path: string): string => `place ${path}`;
export const subjectId = (pattern: string): string => `subject ${pattern}`;
export const hostId = (host: string): string => `host ${host}`;
export const portId = (port: number): string => `port ${port}`;
export const layerId = (id: number): string => `layer ${id}`;
export const serviceId = (id: string): string => `service ${id}`;
export const clusterId = (name: ClusterName): string => `cluster ${name}`;

/** Puts the picture together: who is there, and what leads from whom to whom. */
export class GraphBuilder {
  readonly #snapshot: MapSnapshot;
  readonly #choices: GraphChoices;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, GraphEdge>();
  /** Where an edge to a hidden node goes instead. */
  readonly #instead = new Map<string, string>();
  readonly #left: string[] = [];

  constructor(snapshot: MapSnapshot, choices: GraphChoices) {
    this.#snapshot = snapshot;
    this.#choices = choices;
  }

  build(): Graph {
    this.#processes();
    this.#layers();
    this.#mounts();
    this.#places();
    this.#subjects();
    this.#ports();
    this.#hosts();
    this.#processEdges();
    const { processes, mounts, subjects, ports } = this.#snapshot;
    for (const [list, one] of [[processes, 'process'], [mounts, 'mount'], [subjects, 'subject'], [ports, 'port']] as const) {
      if (list.more > 0) this.#left.push(plural(list.more, `more ${one}`, `more ${one}${one.endsWith('s') ? 'es' : 's'}`));
    }
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()], byId: this.#nodes, edgeIds: new Set(this.#edges.keys()), instead: this.#instead, left: this.#left };
  }

  #add(node: Omit<GraphNode, 'faded'> & { faded?: boolean }): void {
    this.#nodes.set(node.id, { faded: false, ...node });
  }

  #edge(from: string, to: string, kind: EdgeKind): void {
    const [a, b] = [this.#instead.get(from) ?? from, this.#instead.get(to) ?? to];
    const id = `${a} → ${b} ${kind}`;
    if (a !== b && this.#nodes.has(a) && this.#nodes.has(b) && !this.#edges.has(id)) this.#edges.set(id, { id, from: a, to: b, kind });
  }

  #processes(): void {
    const { items } = this.#snapshot.processes;
    this.#add({ id: 'you', kind: 'you', column: 0, order: -1, title: 'this window', sub: 'you, and the kernel', pid: 0 });
    const shown = this.#choices.open.has('ended') ? items : items.filter((one) => one.state !== 'exited' || this.#choices.lingering.has(one.pid));
    for (const [order, one] of inTreeOrder(shown).entries()) {
      this.#add({ id: processId(one.pid), kind: 'process', column: 0, order, title: one.name, sub: processSub(one), pid: one.pid, seat: seatOf(one), faded: one.state === 'exited' });
    }
    const { ended } = this.#snapshot;
    if (ended > 0) this.#cluster('ended', 0, 10_000, `${plural(ended, 'program')} ended`, [], 'lately');
  }

  #cluster(name: ClusterName, column: 0 | 1 | 2, order: number, title: string, hidden: readonly string[], detail: string): void {
    const open = this.#choices.open.has(name);
    this.#add({ id: clusterId(name), kind: 'cluster', column, order, title, sub: detail, cluster: name, open, faded: name === 'ended' });
    if (!open) for (const id of hidden) this.#instead.set(id, clusterId(name));
  }

  #layers(): void {
    const { layers } = this.#snapshot;
    const stack = layers.filter(({ kind }) => kind !== 'session' && kind !== 'branch').reverse();
    const lines = layers.filter(({ kind }) => kind === 'session' || kind === 'branch');
    const open = this.#choices.open.has('layers');
    const [shown, hidden] = open || stack.length <= LAYERS_MAX ? [stack, []] : [[...stack.slice(0, LAYERS_MAX - 2), stack.at(-1)!], stack.slice(LAYERS_MAX - 2, -1)];
    for (const layer of shown) this.#layer(layer, 'layer', stack.indexOf(layer));
    if (stack.length > LAYERS_MAX) this.#cluster('layers', 2, LAYERS_MAX - 1.5, plural(stack.length - LAYERS_MAX + 1, 'more layer'), hidden.map(({ id }) => layerId(id)), 'frozen');
    const linesOpen = this.#choices.open.has('lines') || lines.length <= LINES_MAX;
    for (const [at, line] of lines.entries()) if (linesOpen || line.entries > 0 && at < LINES_MAX) this.#layer(line, 'line', 200 + at);
    if (lines.length > LINES_MAX) this.#cluster('lines', 2, 300, plural(lines.length, 'session or branch', 'sessions and branches'), lines.map(({ id }) => layerId(id)).filter((id) => !this.#nodes.has(id)), 'beside the workspace');
  }

  #layer({ id, name, kind, entries }: MapLayer, as: 'layer' | 'line', order: number): void {
    const words = { base: 'shipped', upper: 'changes go here', frozen: 'frozen', imported: 'imported', folder: 'folder', session: 'session', branch: 'branch' } as const;
    this.#add({ id: layerId(id), kind: as, column: 2, order, title: as === 'layer' ? `layer: ${name}` : name, sub: `${plural(entries, 'name')} · ${words[kind]}`, name, writable: kind === 'upper' });
  }

  #mounts(): void {
    const { mounts, services } = this.#snapshot;
    const plain: string[] = [];
    for (const [at, mount] of mounts.items.entries()) {
      const names = mount.services.map((id) => services.find((one) => one.id === id)?.name ?? '');
      const id = mountId(mount.id);
      if (mount.usual && names.every((name) => PLAIN.has(name))) plain.push(mount.path);
      if (mount.usual && names.every((name) => PLAIN.has(name)) && !this.#choices.open.has('services')) {
        this.#instead.set(id, clusterId('services'));
        continue;
      }
      this.#add({ id, kind: mount.kind === 'folder' ? 'folder' : 'mount', column: 1, order: mountOrder(mount, names, at), title: mount.path, sub: this.#mountSub(mount, names), path: mount.path, counted: mount.usual });
    }
    if (plain.length > 0) this.#cluster('services', 1, 500, plural(plain.length, 'kernel service'), [], plain.map((path) => path.slice(1)).join(' '));
    for (const mount of mounts.items) this.#behind(mount);
  }

  #mountSub({ kind, source, writable, services }: MapMount, names: readonly string[]): string {
    const line = this.#snapshot.services.find(({ id }) => id === services[0])?.line;
    if (kind === 'bind') return source === undefined ? 'bound' : `shows ${source}`;
    if (kind === 'union') return `${names.length} directories as one`;
    if (kind === 'folder') return 'folder of your disk';
    if (line !== undefined) return names[0] === 'tmp' ? 'memory of its own' : `files of ${line}`;
    if (names[0] === 'tree') return `${plural(this.#snapshot.layers.filter(({ kind: of }) => of !== 'session' && of !== 'branch').length, 'layer')}, ${writable ? 'writable' : 'read-only'}`;
    return serviceText(names[0] ?? '');
  }

  /** What answers behind a mount: the layers of the tree, or a service. */
  #behind({ id, services, kind }: MapMount): void {
    for (const of of services) {
      const service = this.#snapshot.services.find((one) => one.id === of);
      if (!service || this.#instead.has(mountId(id))) continue;
      if (service.line !== undefined) {
        const line = this.#snapshot.layers.find(({ name }) => name === service.line);
        if (line) this.#edge(mountId(id), layerId(line.id), 'holds');
      } else if (service.name === 'tree') {
        const own = kind === 'bind' || kind === 'union';
        for (const layer of this.#snapshot.layers) if (layer.kind !== 'session' && layer.kind !== 'branch' && (!own || layer.kind === 'upper')) this.#edge(mountId(id), layerId(layer.id), 'holds');
      } else if (kind === 'folder') this.#edge(mountId(id), this.#upper, 'holds');
      else {
        this.#add({ id: serviceId(of), kind: 'service', column: 2, order: service.name === 'tmp' ? 100 : 500, title: service.name === 'tmp' ? 'memory' : service.name, sub: service.name === 'tmp' ? 'gone after a reload' : serviceText(service.name), name: service.name });
        this.#edge(mountId(id), serviceId(of), 'holds');
      }
    }
  }

  get #upper(): string {
    return layerId(this.#snapshot.layers.find(({ kind }) => kind === 'upper')?.id ?? -1);
  }

  #places(): void {
    const paths = new Set(this.#snapshot.mounts.items.filter(({ usual }) => usual).map(({ path }) => path));
    for (const [at, path] of this.#choices.places.entries()) {
      if (paths.has(path)) continue;
      this.#add({ id: placeId(path), kind: 'place', column: 1, order: 10 + at, title: path, sub: 'directory', path, counted: true });
      this.#edge(placeId(path), this.#upper, 'holds');
    }
    for (const touch of this.#choices.touches) {
      const space = touch.indexOf(' ');
      this.#edge(processId(Number(touch.slice(0, space))), this.#placeOf(touch.slice(space + 1)), 'sees');
    }
  }

  #placeOf(path: string): string {
    const mount = this.#snapshot.mounts.items.find((one) => one.usual && one.path === path);
    return mount ? mountId(mount.id) : placeId(path);
  }

  #subjects(): void {
    const { items } = this.#snapshot.subjects;
    const open = this.#choices.open.has('subjects');
    const programs = items.filter(byPrograms);
    const shown = open ? items.slice(0, SUBJECTS_OPEN_MAX) : programs.length <= SUBJECTS_CLOSED_MAX ? programs : [];
    for (const [at, subject] of shown.entries()) {
      this.#add({ id: subjectId(subject.pattern), kind: 'subject', column: 1, order: 600 + at, title: subject.pattern, sub: subjectSub(subject), name: subject.pattern, faded: !byPrograms(subject) });
    }
    const rest = items.length + this.#snapshot.subjects.more - (open ? 0 : shown.length);
    if (rest > 0) this.#cluster('subjects', 1, 599, open ? plural(rest, 'subject') : `${shown.length > 0 ? `${rest} more` : rest} ${rest === 1 ? 'subject' : 'subjects'}`, items.filter(({ pattern }) => !this.#nodes.has(subjectId(pattern))).map(({ pattern }) => subjectId(pattern)), 'bus');
    if (open && items.length > shown.length) this.#left.push(plural(items.length - shown.length, 'more subject'));
    for (const { pattern, listeners } of items) for (const { pid } of listeners) if (pid !== 0) this.#edge(processId(pid), subjectId(pattern), 'listens');
  }

  #ports(): void {
    for (const { port, listeners, connections } of this.#snapshot.ports.items) {
      this.#add({ id: portId(port), kind: 'port', column: 1, order: 700 + port / 1e5, title: `port ${port}`, sub: connections.length > 0 ? plural(connections.reduce((sum, { count }) => sum + count, 0), 'connection') : 'waits for callers', name: String(port) });
      for (const pid of listeners) this.#edge(processId(pid), portId(port), 'calls');
      for (const { pid } of connections) this.#edge(processId(pid), portId(port), 'calls');
    }
  }

  #hosts(): void {
    for (const { pid, grants } of this.#snapshot.processes.items) {
      for (const { action } of grants.items) {
        if (action.kind !== 'http') continue;
        const host = hostOf(action.url);
        if (!this.#nodes.has(hostId(host))) this.#add({ id: hostId(host), kind: 'host', column: 2, order: 800, title: host, sub: 'on the network', name: host });
        this.#edge(processId(pid), hostId(host), 'asks');
      }
    }
  }

  /** A process's own binds, and its root: the rest of what all have would be no news. */
  #processEdges(): void {
    const byId = new Map(this.#snapshot.mounts.items.map((one) => [one.id, one]));
    for (const { pid, mounts, grants } of this.#snapshot.processes.items) {
      const own = mounts.filter((id) => byId.get(id)?.usual === false);
      const files = grants.items.some(({ action }) => action.kind === 'file');
      const root = mounts.find((id) => byId.get(id)?.path === '/');
      if (root !== undefined && files) this.#edge(processId(pid), mountId(root), 'sees');
      for (const id of own) this.#edge(processId(pid), mountId(id), 'sees');
      for (const { action } of grants.items) if (action.kind === 'publish' && action.subject !== '>') this.#edge(processId(pid), subjectId(action.subject), 'publishes');
    }
    const usual = this.#snapshot.mounts.items.find(({ path, usual: is }) => is && path === '/');
    if (usual) this.#edge('you', mountId(usual.id), 'sees');
  }
}

const seatOf = ({ ppid, name }: MapProcess): string => `seat ${ppid} ${name}`;

/** Of those that have ended lately, which stay for a while: the latest of each seat, where none has taken it since. */
export function lingerers(processes: readonly MapProcess[], recent: ReadonlySet<number>, max: number): Set<number> {
  const taken = new Set(processes.filter(({ state }) => state !== 'exited').map(seatOf));
  const found = new Set<number>();
  for (const one of processes) {
    if (one.state !== 'exited' || !recent.has(one.pid) || found.size >= max || taken.has(seatOf(one))) continue;
    taken.add(seatOf(one));
    found.add(one.pid);
  }
  return found;
}

/** `https://example.org` of a grant, which may have a wildcard, without the scheme. */
export const hostOf = (url: string): string => url.replace(/^[a-z]+:\/\//i, '').split('/')[0] ?? url;

const byPrograms = ({ listeners }: MapSubject): boolean => listeners.some(({ pid }) => pid !== 0);

function subjectSub({ listeners, retained }: MapSubject): string {
  const programs = new Set(listeners.map(({ pid }) => pid).filter((pid) => pid !== 0)).size;
  if (programs > 0) return `${plural(programs, 'listener')}`;
  return listeners.length > 0 ? 'the window listens' : retained ? 'last value kept' : 'subject';
}

export function processSub({ pid, state, code, overlay }: MapProcess): string {
  const line = overlay === undefined ? '' : ` · ${overlay}`;
  return state === 'exited' ? `pid ${pid} · exit ${code ?? 0}${line}` : `pid ${pid} · ${state}${line}`;
}

/** The usual root first, then what only some have, memory, folders of the disk; services of the kernel last. */
function mountOrder({ usual, kind, path }: MapMount, names: readonly string[], at: number): number {
  if (usual && path === '/') return 0;
  if (kind === 'folder') return 200 + at;
  if (!usual) return 100 + at;
  return names[0] === 'tmp' ? 90 : 501 + at;
}

/** Parents before their children. */
function inTreeOrder(processes: readonly MapProcess[]): MapProcess[] {
  const byParent = new Map<number, MapProcess[]>();
  const known = new Set(processes.map(({ pid }) => pid));
  for (const one of [...processes].sort((a, b) => a.pid - b.pid)) {
    const parent = known.has(one.ppid) && one.ppid !== one.pid ? one.ppid : -1;
    byParent.set(parent, [...(byParent.get(parent) ?? []), one]);
  }
  const found: MapProcess[] = [];
  const stack = [...(byParent.get(-1) ?? [])].reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    found.push(next);
    stack.push(...[...(byParent.get(next.pid) ?? [])].reverse());
  }
  return found;
}
