import type { HeldGrant, MapMount, MapProcess, MapSnapshot, MapSubject } from '../../shared/abi/index.ts';
import { GraphBuilder, type ClusterName, type Graph } from './graph.ts';

export const grant = (id: number, action: HeldGrant['action'], revoked = false): HeldGrant => ({ id, action, summary: '', origin: 'start', uses: 0, revoked });

export const process = (pid: number, grants: HeldGrant['action'][], options: Partial<MapProcess> = {}): MapProcess => ({
  pid, ppid: 0, name: `p${pid}`, args: [], cwd: '/home', state: 'waiting', started: 0, tty: null, mounts: ['root', 'tmp', 'proc'], grants: { items: grants.map((action, id) => grant(id, action)), more: 0 }, refused: 0, ...options,
});

const mount = (id: string, path: string, service: string, options: Partial<MapMount> = {}): MapMount => ({ id, path, services: [service], writable: true, kind: 'mount', usual: true, ...options });

/** A workspace with three layers, memory at `/tmp`, `/proc`, a session and a folder of the disk. */
export function snapshotOf(processes: MapProcess[], options: { mounts?: MapMount[]; subjects?: MapSubject[] } = {}): MapSnapshot {
  return {
    services: [{ id: 'tree.1', name: 'tree' }, { id: 'tmp.2', name: 'tmp' }, { id: 'proc.3', name: 'proc' }, { id: 'tree.9', name: 'tree', line: 'try' }, { id: 'folder.docs', name: 'folder' }],
    mounts: { items: [mount('root', '/', 'tree.1'), mount('tmp', '/tmp', 'tmp.2'), mount('proc', '/proc', 'proc.3', { writable: false }), mount('docs', '/mnt/docs', 'folder.docs', { kind: 'folder' }), ...(options.mounts ?? [])], more: 0 },
    processes: { items: processes, more: 0 }, ended: processes.filter(({ state }) => state === 'exited').length,
    layers: [{ id: 0, name: 'base', kind: 'base', entries: 90 }, { id: 1, name: 'monday', kind: 'frozen', entries: 3 }, { id: 2, name: 'upper', kind: 'upper', entries: 5 }, { id: 3, name: 'try', kind: 'session', entries: 1 }],
    subjects: { items: options.subjects ?? [], more: 0 }, ports: { items: [{ port: 8080, listeners: [7], connections: [] }], more: 0 }, folders: [],
  };
}

export function graphOf(snapshot: MapSnapshot, open: ClusterName[] = [], places: string[] = [], touches: string[] = []): Graph {
  return new GraphBuilder(snapshot, { open: new Set(open), places, lingering: new Set(), touches: new Set(touches) }).build();
}
