import { FILE_RIGHTS, type FileRight, type HeldGrant, type MapMount, type MapProcess, type MapSnapshot } from '../../shared/abi/index.ts';
import { describeAction } from '../authority/index.ts';
import { hostId, hostOf, layerId, mountId, placeId, portId, serviceId, subjectId, type Graph } from './graph.ts';

/** One thing that a process can reach, in words. */
export interface ReachLine {
  /** The node that it is about, if it is in the picture. */
  node: string | null;
  /** Ours: `read and change`. */
  does: string;
  /** Of the program or the user: a path, a host. */
  subject: string;
  rights: readonly FileRight[];
}

export interface Reach {
  /** Nodes that it reaches, itself not among them. */
  nodes: ReadonlySet<string>;
  files: ReachLine[];
  /** Hosts, subjects, ports, pairs, programs. */
  others: ReachLine[];
  /** The time, randomness. */
  plain: string[];
  /** Grants that are beyond the bound of a snapshot. */
  more: number;
}

interface FileReach {
  path: string;
  rights: Set<FileRight>;
}

/** What a process's grants and its namespace let it reach, as they are now. */
export function reachOf(process: MapProcess, snapshot: MapSnapshot, graph: Graph): Reach {
  const nodes = new Set<string>();
  const held = process.grants.items.filter(({ revoked }) => !revoked);
  const grants = held.flatMap(({ action }) => (action.kind === 'file' ? [action] : []));
  const ofAll = snapshot.mounts.items.some(({ id, path, usual }) => usual && path === '/' && process.mounts.includes(id));
  const mounts = snapshot.mounts.items.filter(({ id, kind }) => process.mounts.includes(id) || (kind === 'folder' && ofAll));
  const files = fileReach(grants, mounts, graph, nodes, snapshot);
  for (const node of graph.nodes) {
    if (node.kind !== 'place' || node.path === undefined) continue;
    const rights = rightsAt(node.path, grants);
    if (rights.size > 0 && mountOf(node.path, mounts)?.usual) nodes.add(placeId(node.path));
  }
  const others = otherReach(held, snapshot, graph, nodes);
  return {
    nodes: new Set([...nodes].map((id) => graph.instead.get(id) ?? id).filter((id) => graph.byId.has(id))),
    files, others, plain: held.flatMap(({ action }) => (action.kind === 'clocks' || action.kind === 'entropy' ? [describeAction(action).does] : [])),
    more: process.grants.more,
  };
}

function fileReach(grants: readonly { path: string; rights: FileRight[] }[], mounts: readonly MapMount[], graph: Graph, nodes: Set<string>, snapshot: MapSnapshot): ReachLine[] {
  const lines: ReachLine[] = [];
  const byMount = new Map<string, FileReach[]>();
  for (const { path, rights } of grants) {
    for (const mount of mountsUnder(path, mounts)) {
      const allowed = mount.writable ? rights : rights.filter((right) => right === 'read');
      if (allowed.length === 0) continue;
      const at = within(path, mount.path);
      const list = byMount.get(mount.id) ?? [];
      const known = list.find((one) => one.path === at);
      if (known) for (const right of allowed) known.rights.add(right);
      else list.push({ path: at, rights: new Set(allowed) });
      byMount.set(mount.id, list);
    }
  }
  for (const mount of mounts) {
    const list = byMount.get(mount.id);
    if (!list) continue;
    nodes.add(mountId(mount.id));
    const all = new Set(list.flatMap(({ rights }) => [...rights]));
    for (const id of behind(mount, all, snapshot)) nodes.add(id);
    const node = graph.instead.get(mountId(mount.id)) ?? mountId(mount.id);
    for (const { path, rights } of list) lines.push(line(graph, node, inOrder(rights), path));
  }
  return lines;
}

const inOrder = (rights: ReadonlySet<FileRight>): FileRight[] => FILE_RIGHTS.filter((right) => rights.has(right));

function line(graph: Graph, node: string, rights: FileRight[], path: string): ReachLine {
  return { node: graph.byId.has(node) ? node : null, does: describeAction({ kind: 'file', path, rights }).does.replace(/ (files|the file or folder)$/, ''), subject: path, rights };
}

/** Layers and services behind a mount: what is read may come from every layer, what is changed goes to the upper. */
function behind({ services }: MapMount, rights: ReadonlySet<FileRight>, snapshot: MapSnapshot): string[] {
  return services.flatMap((id) => {
    const service = snapshot.services.find((one) => one.id === id);
    if (!service) return [];
    if (service.line !== undefined) return snapshot.layers.filter(({ name }) => name === service.line).map((layer) => layerId(layer.id));
    if (service.name !== 'tree' && service.name !== 'folder') return [serviceId(id)];
    const writes = rights.size > (rights.has('read') ? 1 : 0);
    return snapshot.layers.filter(({ kind }) => (kind === 'upper' ? rights.has('read') || writes : kind !== 'session' && kind !== 'branch' && rights.has('read'))).map((layer) => layerId(layer.id));
  });
}

function otherReach(held: readonly HeldGrant[], snapshot: MapSnapshot, graph: Graph, nodes: Set<string>): ReachLine[] {
  const lines: ReachLine[] = [];
  for (const { action } of held) {
    if (action.kind === 'file' || action.kind === 'clocks' || action.kind === 'entropy') continue;
    const { does, subject } = describeAction(action);
    const found = nodesOf(action, snapshot);
    for (const id of found) nodes.add(id);
    const [first] = found.map((id) => graph.instead.get(id) ?? id).filter((id) => graph.byId.has(id));
    const http = action.kind === 'http';
    lines.push({ node: first ?? null, does: http ? `send ${action.method} requests to` : does, subject: http ? hostOf(action.url) : subject, rights: [] });
  }
  return lines;
}

function nodesOf(action: HeldGrant['action'], snapshot: MapSnapshot): string[] {
  switch (action.kind) {
    case 'http': return [hostId(hostOf(action.url))];
    case 'publish':
    case 'subscribe': return snapshot.subjects.items.filter(({ pattern }) => patternsMeet(action.subject, pattern)).map(({ pattern }) => subjectId(pattern));
    case 'listen':
    case 'connect': return snapshot.ports.items.filter(({ port }) => action.port === 0 || port === action.port).map(({ port }) => portId(port));
    default: return [];
  }
}

/** Processes that reach a node, with their rights where it is a matter of files. */
export function whoReaches(id: string, snapshot: MapSnapshot, graph: Graph): { process: MapProcess; rights: readonly FileRight[] }[] {
  const node = graph.byId.get(id);
  if (!node) return [];
  return snapshot.processes.items.flatMap((process) => {
    if (process.state === 'exited') return [];
    const reach = reachOf(process, snapshot, graph);
    if (!reach.nodes.has(id)) return [];
    const rights = new Set(reach.files.filter((one) => one.node === id).flatMap((one) => one.rights));
    if (node.kind === 'place') for (const right of rightsAt(node.path!, process.grants.items.flatMap(({ action }) => (action.kind === 'file' ? [action] : [])))) rights.add(right);
    return [{ process, rights: inOrder(rights) }];
  });
}

/** The part of a glob before its first wildcard, as a directory or file; whether there is a wildcard. */
function literal(glob: string): { base: string; wild: boolean } {
  const parts = glob.split('/').slice(1);
  const at = parts.findIndex((part) => /[*?]/.test(part));
  return { base: `/${(at < 0 ? parts : parts.slice(0, at)).join('/')}`, wild: at >= 0 };
}

const isBelow = (path: string, directory: string): boolean => directory === '/' || path === directory || path.startsWith(`${directory}/`);

/** The mount in which a path is. */
function mountOf(path: string, mounts: readonly MapMount[]): MapMount | undefined {
  return mounts.filter((mount) => mount.kind !== 'folder' && isBelow(path, mount.path)).sort((a, b) => b.path.length - a.path.length)[0];
}

/** Mounts in which something of a glob is: the one that has its beginning, folders of the disk there, and those below it that it may name. */
function mountsUnder(glob: string, mounts: readonly MapMount[]): MapMount[] {
  const { base, wild } = literal(glob);
  const at = mountOf(base, mounts);
  return mounts.filter((mount) => mount === at || (mount.kind === 'folder' && isBelow(base, mount.path)) || (wild && mount.path !== base && isBelow(mount.path, base) && mayName(glob, mount.path)));
}

/** Whether a glob may name a directory, or something below it. */
function mayName(glob: string, directory: string): boolean {
  const outer = glob.split('/').slice(1);
  const parts = directory.split('/').slice(1);
  for (let at = 0; at < parts.length; at++) {
    const part = outer[at];
    if (part === '**') return true;
    if (part === undefined || !partMatches(part, parts[at]!)) return false;
  }
  return true;
}

/** Backtracking of one star at a time: linear in practice, and bounded by the length of a name. */
function partMatches(glob: string, name: string): boolean {
  let [g, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (glob[g] === '*') [star, mark, g] = [g, n, g + 1];
    else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) [g, n] = [g + 1, n + 1];
    else if (star >= 0) [g, mark, n] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** What is said of a grant in one mount: the glob where it begins there, else all of the mount. */
const within = (glob: string, mount: string): string => (isBelow(literal(glob).base, mount) ? glob : mount === '/' ? '/**' : `${mount}/**`);

/** What a process may do with a directory and all that is in it. */
function rightsAt(path: string, grants: readonly { path: string; rights: FileRight[] }[]): Set<FileRight> {
  const found = new Set<FileRight>();
  for (const grant of grants) {
    const { base, wild } = literal(grant.path);
    if (isBelow(base, path) || (wild && isBelow(path, base) && mayName(grant.path, path))) for (const right of grant.rights) found.add(right);
  }
  return found;
}

/** Whether a subject may match both patterns. */
export function patternsMeet(a: string, b: string): boolean {
  const [x, y] = [a.split('.'), b.split('.')];
  for (let at = 0; ; at++) {
    if (x[at] === '>' ) return y.length > at;
    if (y[at] === '>') return x.length > at;
    if (x[at] === undefined || y[at] === undefined) return x[at] === y[at];
    if (x[at] !== y[at] && x[at] !== '*' && y[at] !== '*') return false;
  }
}
