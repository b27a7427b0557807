import { describe, expect, it } from 'vitest';
import { acceptDockLayout, groupsOf, type DockLayout } from './dock-layout.ts';

const group = (...tabs: string[]) => ({ tabs, active: tabs[0]!, size: 100 });
const layout: DockLayout = { direction: 'row', root: { size: 600, children: [group('a'), { size: 200, children: [group('b', 'c'), group('d')] }] } };

describe('a kept layout', () => {
  it('is taken as it was', () => {
    expect(acceptDockLayout(JSON.parse(JSON.stringify(layout)), ['a', 'b', 'c', 'd'])).toEqual(layout);
    expect(groupsOf(layout).map(({ tabs }) => tabs)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('has each open tab once, and no others; what is left without tabs is left out', () => {
    const twice = { direction: 'column', root: { size: 1, children: [group('a', 'a', 'gone'), group('gone'), { size: 1, children: [group('a')] }] } };
    expect(acceptDockLayout(twice, ['a'])).toEqual({ direction: 'column', root: { size: 1, children: [group('a')] } });
    expect(acceptDockLayout(twice, [])).toBeUndefined();
  });

  it('is refused where it is none', () => {
    for (const value of [null, undefined, 7, 'row', [], {}, { direction: 'row' }, { direction: 'up', root: layout.root }, { direction: 'row', root: group('a') }, { direction: 'row', root: { children: 'a' } }]) {
      expect(acceptDockLayout(value, ['a'])).toBeUndefined();
    }
  });

  it('is bounded: in depth, in groups, in sizes', () => {
    let deep: unknown = group('a');
    for (let depth = 0; depth < 10_000; depth++) deep = { size: 1, children: [deep] };
    expect(acceptDockLayout({ direction: 'row', root: deep }, ['a'])).toBeUndefined();
    const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
    const wide = acceptDockLayout({ direction: 'row', root: { size: -5, children: names.map((name) => ({ tabs: [name], active: 9, size: Infinity })) } }, names);
    expect(groupsOf(wide!)).toHaveLength(16);
    expect(groupsOf(wide!)[0]).toEqual({ tabs: ['t0'], active: 't0', size: 1 });
    expect(wide!.root.size).toBe(1);
  });
});
