import { describe, expect, it } from 'vitest';
import type { MapTraffic } from '../../shared/abi/index.ts';
import { Flow } from './flow.ts';
import { lingerers } from './graph.ts';
import { liveText, tonesOf } from './live.ts';
import { stepFrom } from './steps.ts';
import { Layout } from './layout.ts';
import { graphOf, process, snapshotOf } from './testing.ts';

const rw = [{ kind: 'file' as const, path: '/**', rights: ['read' as const, 'write' as const] }];
const ids = (nodes: readonly { id: string }[]): string[] => nodes.map(({ id }) => id);

describe('the graph', () => {
  it('has who is there, parents before children, and what is kept where', () => {
    const graph = graphOf(snapshotOf([process(3, rw, { ppid: 2 }), process(1, rw), process(2, rw)]));
    expect(ids(graph.nodes.filter(({ column }) => column === 0))).toEqual(['you', 'process 1', 'process 2', 'process 3']);
    expect(graph.edges.map(({ id }) => id)).toEqual(expect.arrayContaining(['process 1 → mount root sees', 'mount root → layer 2 holds', 'mount root → layer 0 holds', 'mount docs → layer 2 holds', 'you → mount root sees']));
    expect(graph.byId.get('mount root')!.sub).toBe('3 layers, writable');
  });

  it('folds services of the kernel and the subjects of the window, and unfolds them', () => {
    const snapshot = snapshotOf([process(7, rw)], { subjects: Array.from({ length: 60 }, (_, at) => ({ pattern: `s${at}`, listeners: [{ pid: 0 }], retained: false })) });
    const folded = graphOf(snapshot);
    expect(folded.byId.has('mount proc')).toBe(false);
    expect(folded.byId.get('cluster subjects')!.title).toBe('60 subjects');
    const open = graphOf(snapshot, ['services', 'subjects']);
    expect(open.byId.has('mount proc')).toBe(true);
    expect(open.nodes.filter(({ kind }) => kind === 'subject')).toHaveLength(24);
    expect(open.left).toEqual(['36 more subjects']);
  });

  it('many layers are folded in the middle; the upper and the base are always there', () => {
    const snapshot = snapshotOf([]);
    snapshot.layers = [snapshot.layers[0]!, ...Array.from({ length: 40 }, (_, at) => ({ id: 10 + at, name: `l${at}`, kind: 'frozen' as const, entries: 1 })), snapshot.layers[2]!];
    const graph = graphOf(snapshot);
    expect(ids(graph.nodes.filter(({ kind }) => kind === 'layer'))).toEqual(['layer 2', 'layer 49', 'layer 48', 'layer 0']);
    expect(graph.byId.get('cluster layers')!.title).toBe('38 more layers');
    expect(graph.edges.some(({ to }) => to === 'cluster layers')).toBe(true);
  });

  it('of programs that a loop starts one after the other the last one stays, until the next one comes', () => {
    const ended = (pid: number, name: string) => process(pid, [], { ppid: 1, name, state: 'exited', code: 0, mounts: [] });
    const list = [process(1, rw), process(9, rw, { ppid: 1, name: 'cat' }), ended(8, 'sleep'), ended(7, 'cat'), ended(6, 'sleep'), ended(5, 'old')];
    expect(lingerers(list, new Set([5, 6, 7, 8]), 9)).toEqual(new Set([8, 5]));
    expect(lingerers(list, new Set([6, 7, 8]), 9)).toEqual(new Set([8]));
    expect(lingerers(list, new Set([5, 6, 7, 8]), 1)).toEqual(new Set([8]));
  });

  it('what goes on is shown where it goes, evened out, and fades', () => {
    const snapshot = snapshotOf([process(7, rw)]);
    const graph = graphOf(snapshot, [], ['/home/data'], ['7 /home/data']);
    const flow = new Flow();
    const none: MapTraffic = { elapsed: 500, processes: [], files: [], messages: [], uses: [] };
    flow.take({ ...none, processes: [{ pid: 7, calls: 700, read: 0, written: 4096 }], files: [{ pid: 7, path: '/home/data', reads: 0, writes: 20 }] }, snapshot, graph, (path) => `place ${path}`);
    expect([...flow.edges.keys()]).toEqual(['process 7 → place /home/data sees', 'place /home/data → layer 2 holds']);
    expect(tonesOf(graph, flow).get('process 7')).toBe('write');
    expect(liveText(graph.byId.get('process 7')!, graph, flow)).toBe('pid 7 · 770 calls/s · 4.4 KB/s');
    expect(liveText(graph.byId.get('place /home/data')!, graph, flow)).toBe('22 changes/s');
    for (let turn = 0; turn < 12; turn++) flow.take(none, snapshot, graph, (path) => `place ${path}`);
    expect(flow.live).toBe(false);
    expect(liveText(graph.byId.get('process 7')!, graph, flow)).toBeNull();
  });

  it('arrows go along edges, then to the nearest', () => {
    const graph = graphOf(snapshotOf([process(1, rw), process(2, rw)]));
    const places = new Layout().update(graph);
    expect(stepFrom('process 1', 'ArrowDown', graph, places)).toBe('process 2');
    expect(stepFrom('process 2', 'ArrowUp', graph, places)).toBe('process 1');
    expect(stepFrom('process 2', 'ArrowRight', graph, places)).toBe('mount root');
    expect(['layer 0', 'layer 1', 'layer 2']).toContain(stepFrom('mount root', 'ArrowRight', graph, places));
    expect(stepFrom('you', 'ArrowLeft', graph, places)).toBeNull();
  });
});
