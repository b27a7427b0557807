import { describe, expect, it } from 'vitest';
import type { FileRight } from '../../shared/abi/index.ts';
import { patternsMeet, reachOf, whoReaches } from './reach.ts';
import { litOf } from './lit.ts';
import { graphOf, process, snapshotOf } from './testing.ts';

const ALL: FileRight[] = ['read', 'write', 'create', 'delete'];
const file = (path: string, rights: FileRight[] = ALL) => ({ kind: 'file' as const, path, rights });
const words = (lines: readonly { does: string; subject: string }[]): string[] => lines.map(({ does, subject }) => `${does} ${subject}`);

describe('what a process can touch', () => {
  it('all of the namespace: each mount, with the rights that it has there', () => {
    const snapshot = snapshotOf([process(7, [file('/**')])]);
    const { nodes, files } = reachOf(snapshot.processes.items[0]!, snapshot, graphOf(snapshot, ['services']));
    expect([...nodes]).toEqual(expect.arrayContaining(['mount root', 'mount tmp', 'mount proc', 'mount docs', 'layer 0', 'layer 1', 'layer 2', 'service tmp.2', 'service proc.3']));
    expect(nodes.has('layer 3')).toBe(false);
    expect(words(files)).toEqual(expect.arrayContaining(['read, change, create and delete /**', 'read /proc/**', 'read, change, create and delete /tmp/**']));
  });

  it('one directory, to read: its mount, no other; every layer may have it', () => {
    const snapshot = snapshotOf([process(7, [file('/home/data/**', ['read'])])]);
    const graph = graphOf(snapshot, [], ['/home/data', '/home/other', '/bin']);
    const { nodes, files } = reachOf(snapshot.processes.items[0]!, snapshot, graph);
    expect([...nodes].sort()).toEqual(['layer 0', 'layer 1', 'layer 2', 'mount root', 'place /home/data']);
    expect(words(files)).toEqual(['read /home/data/**']);
  });

  it('writing alone reaches the upper layer only', () => {
    const snapshot = snapshotOf([process(7, [file('/home/out.txt', ['write'])])]);
    const { nodes } = reachOf(snapshot.processes.items[0]!, snapshot, graphOf(snapshot));
    expect([...nodes].sort()).toEqual(['layer 2', 'mount root']);
  });

  it('what it sees is its own: in a session that one’s files, at a bind what is bound there', () => {
    const own = [{ id: 'own', path: '/', services: ['tree.9'], writable: true, kind: 'mount' as const, usual: false }, { id: 'bind', path: '/home/data', services: ['tmp.2'], writable: true, kind: 'bind' as const, usual: false }];
    const snapshot = snapshotOf([process(7, [file('/home/data/**')], { mounts: ['own', 'bind'] }), process(8, [file('/home/x')], { mounts: ['own', 'bind'] })], { mounts: own });
    const graph = graphOf(snapshot, [], ['/home/data']);
    expect([...reachOf(snapshot.processes.items[0]!, snapshot, graph).nodes].sort()).toEqual(['mount bind', 'service tmp.2']);
    expect([...reachOf(snapshot.processes.items[1]!, snapshot, graph).nodes].sort()).toEqual(['layer 3', 'mount own']);
  });

  it('hosts, subjects, ports, and what has no node; what was revoked is out', () => {
    const grants = [{ kind: 'http', method: 'GET', url: 'https://api.example.org' }, { kind: 'publish', subject: 'news.>' }, { kind: 'connect', port: 0 }, { kind: 'kv', namespace: 'notes', access: 'read' }, { kind: 'clocks' }] as const;
    const snapshot = snapshotOf([process(7, [...grants])], { subjects: [{ pattern: 'news.today', listeners: [{ pid: 7 }], retained: false }, { pattern: 'weather', listeners: [{ pid: 7 }], retained: false }] });
    const reach = reachOf(snapshot.processes.items[0]!, snapshot, graphOf(snapshot));
    expect([...reach.nodes].sort()).toEqual(['host api.example.org', 'port 8080', 'subject news.today']);
    expect(words(reach.others)).toEqual(['send GET requests to api.example.org', 'send messages to news.>', 'call programs in this tab, port any', 'read stored pairs of notes']);
    expect(reach.plain).toEqual(['know the time']);
    for (const one of snapshot.processes.items[0]!.grants.items) one.revoked = true;
    expect(reachOf(snapshot.processes.items[0]!, snapshot, graphOf(snapshot))).toMatchObject({ files: [], others: [], plain: [] });
  });

  it('what is folded is lit by what stands for it', () => {
    const snapshot = snapshotOf([process(7, [file('/proc/**', ['read'])])]);
    const graph = graphOf(snapshot);
    expect([...reachOf(snapshot.processes.items[0]!, snapshot, graph).nodes]).toEqual(['cluster services']);
    expect(litOf({ snapshot, graph, selected: 'process 7', reaching: true })).toEqual(new Set(['process 7', 'cluster services']));
    expect(litOf({ snapshot, graph, selected: 'process 7', reaching: false })).toBeNull();
  });

  it('the reverse: who can touch a mount, a directory, a layer, with which rights', () => {
    const snapshot = snapshotOf([process(7, [file('/home/**', ['read'])]), process(8, [file('/**')]), process(9, [file('/bin/x', ['read'])]), process(10, [file('/**')], { state: 'exited', grants: { items: [], more: 0 } })]);
    const graph = graphOf(snapshot, [], ['/home/data']);
    const who = (id: string): string[] => whoReaches(id, snapshot, graph).map(({ process: { pid }, rights }) => `${pid} ${rights.join()}`);
    expect(who('place /home/data')).toEqual(['7 read', '8 read,write,create,delete']);
    expect(who('mount tmp')).toEqual(['8 read,write,create,delete']);
    expect(who('mount root')).toHaveLength(3);
    expect(who('layer 0')).toHaveLength(3);
    expect(who('gone')).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ['a.b', 'a.b', true], ['a.b', 'a.c', false], ['a.*', 'a.c', true], ['a.>', 'a', false], ['a.>', 'a.b.c', true], ['>', 'x', true], ['*.x', 'a.>', true], ['a.b.c', 'a.*', false],
  ])('patterns %s and %s meet: %s', (a, b, meet) => {
    expect(patternsMeet(a, b)).toBe(meet);
    expect(patternsMeet(b, a)).toBe(meet);
  });

  it('names that are long and full of stars take no long time', () => {
    const nasty = `/${'*a'.repeat(120)}b/**`;
    const snapshot = snapshotOf([process(7, [file(nasty)])], { mounts: [{ id: 'long', path: `/${'a'.repeat(250)}`, services: ['tmp.2'], writable: true, kind: 'mount', usual: false }] });
    expect(reachOf({ ...snapshot.processes.items[0]!, mounts: ['root', 'long'] }, snapshot, graphOf(snapshot)).nodes.has('mount long')).toBe(false);
  });
});
