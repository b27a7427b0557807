import { describe, expect, it } from 'vitest';
import type { ProcessView } from '../../shared/abi/index.ts';
import { markedParts } from './marked-parts.ts';
import { reachOf, windowPath } from './reach.ts';

const view: ProcessView & { ended: boolean } = {
  pid: 7, name: 'x', cwd: '/', ended: false,
  mounts: [{ path: '/', service: 'tree', flags: 'rw' }, { path: '/tmp', service: 'tmp', flags: 'rw' }, { path: '/home/a b', service: 'tree', flags: 'rw' }, { path: '/home/u', service: 'union', flags: 'rw' }],
  script: ['mount tree /', 'mount tmp /tmp', "bind '/home/it''s' '/home/a b'", 'bind -b /bin /home/u'],
  directories: [{ name: '/data', path: '/home/given', rights: ['read'] }, { name: '/g', path: '/etc', rights: [], globs: [{ path: '/etc/conf/*', rights: ['read'] }] }],
};
const node = (path: string, rights: number) => ({ path, rights, parent: {} as never });

describe('what a process may do', () => {
  it('is told in words and letters', () => {
    expect(reachOf(view, node('/home/given', 1))).toEqual({ none: false, words: 'given to it as /data, it may read', tag: '/data · r' });
    expect(reachOf(view, node('/home/given/x', 15))).toEqual({ none: false, words: '', tag: '' });
    expect(reachOf(view, node('/home', 0))).toEqual({ none: false, words: 'on the way to what it was given', tag: '' });
    expect(reachOf(view, node('/etc/conf', 0))?.none).toBe(false);
    expect(reachOf(view, node('/bin', 0))).toEqual({ none: true, words: 'out of its reach', tag: '' });
    expect(reachOf(view, node('/tmp', 3))).toEqual({ none: false, words: 'it may read, write, here is tmp', tag: 'tmp · rw' });
    expect(reachOf(view, node('/tmp/x', 15))?.words).toBe('from /tmp (tmp)');
    expect(reachOf(null, node('/tmp', 0))).toBeNull();
  });

  it('is found in the window behind a bind, and not in a union or a session', () => {
    expect(windowPath(view, '/home/a b/c/d')).toBe("/home/it's/c/d");
    expect(windowPath(view, '/home/a b')).toBe("/home/it's");
    expect(windowPath(view, '/tmp/x')).toBe('/tmp/x');
    expect(windowPath(view, '/home/u/sh')).toBeNull();
    expect(windowPath({ ...view, overlay: 'session-1' }, '/etc')).toBeNull();
  });
});

describe('marked parts of a name', () => {
  it('are whole graphemes', () => {
    expect(markedParts('a👨‍👩‍👧b', [2])).toEqual([{ text: 'a', marked: false }, { text: '👨‍👩‍👧', marked: true }, { text: 'b', marked: false }]);
    expect(markedParts('e\u0301x', [0, 2])).toEqual([{ text: 'e\u0301x', marked: true }]);
    expect(markedParts('abc', [])).toEqual([{ text: 'abc', marked: false }]);
  });
});
