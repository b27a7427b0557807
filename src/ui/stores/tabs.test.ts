import { describe, expect, it } from 'vitest';
import { diffTab } from './diff-spec.ts';
import { groupsOf, type DockLayout } from './dock-layout.ts';
import { DEFAULT_TABS, FIXED, NO_TAB, PROCESSES, TIMELINE, WELCOME, acceptTabs, closeFileTab, closeTab, keepTab, markUnsaved, openFileTab, openTab, renameTabs, reopenTab, resetTabs, type Tabs } from './tabs.ts';

const bare: Tabs = { ...DEFAULT_TABS, open: [WELCOME] };
const diff = diffTab({ kind: 'run', run: 7, name: 'writer' });
const opened = (...paths: string[]): Tabs => paths.reduce((tabs, path) => openFileTab(tabs, path, 'keep'), bare);

describe('tabs', () => {
  it('opens a file once', () => {
    const tabs = openFileTab(opened('/a', '/b'), '/a');
    expect(tabs.open).toEqual([WELCOME, 'file:/a', 'file:/b']);
    expect(tabs.active).toBe('file:/a');
  });

  it('one that is looked at takes the place of the one before, until it is kept, edited or opened to keep', () => {
    const looked = openFileTab(openFileTab(bare, '/a'), '/b');
    expect(looked).toMatchObject({ open: [WELCOME, 'file:/b'], preview: 'file:/b', active: 'file:/b' });
    expect(openTab(looked, diff, 'look')).toMatchObject({ open: [WELCOME, diff], preview: diff });
    for (const kept of [keepTab(looked, 'file:/b'), markUnsaved(looked, ['/b']), openFileTab(looked, '/b', 'keep')]) {
      expect(kept.preview).toBe(null);
      expect(openFileTab(kept, '/c').open).toEqual([WELCOME, 'file:/b', 'file:/c']);
    }
    expect(openTab(looked, PROCESSES).preview).toBe('file:/b');
    expect(openFileTab(looked, '/b').preview).toBe('file:/b');
  });

  it('shows a neighbour when the active tab is closed, of its own group where there is one', () => {
    const tabs = { ...opened('/a', '/b', '/c'), active: 'file:/b' };
    expect(closeFileTab(tabs, '/b').active).toBe('file:/c');
    expect(closeFileTab(tabs, '/a').active).toBe('file:/b');
    expect(closeFileTab(tabs, '/x')).toBe(tabs);
    expect(closeTab({ ...bare, active: WELCOME }, WELCOME)).toMatchObject({ open: [], active: NO_TAB });
    const layout: DockLayout = { direction: 'row', root: { size: 1, children: [
      { tabs: [WELCOME, 'file:/b'], active: 'file:/b', size: 1 }, { tabs: ['file:/a', 'file:/c'], active: 'file:/c', size: 1 },
    ] } };
    expect(closeFileTab({ ...tabs, layout }, '/b').active).toBe(WELCOME);
  });

  it('opens again what was closed, the last one first', () => {
    const tabs = closeTab(closeFileTab(opened('/a'), '/a'), WELCOME);
    const once = reopenTab(tabs);
    expect(once).toMatchObject({ open: [WELCOME], active: WELCOME });
    expect(reopenTab(once)).toMatchObject({ open: [WELCOME, 'file:/a'], active: 'file:/a', closed: [] });
    expect(reopenTab(bare)).toBe(bare);
  });

  it('closes the oldest file of more than fifty, but none with text that is not saved', () => {
    const first = markUnsaved(opened('/0'), ['/0']);
    const many = Array.from({ length: 50 }, (_, index) => `/${index + 1}`).reduce((tabs, path) => openFileTab(tabs, path, 'keep'), first);
    expect(many.open).toHaveLength(51);
    expect(many.open).toContain('file:/0');
    expect(many.open).not.toContain('file:/1');
  });

  it('follows renames of files and of directories above', () => {
    const layout: DockLayout = { direction: 'row', root: { size: 1, children: [{ size: 1, children: [{ tabs: ['file:/d/a'], active: 'file:/d/a', size: 1 }] }] } };
    const tabs = renameTabs({ ...openFileTab(opened('/dd'), '/d/a'), layout }, '/d', '/e');
    expect(tabs).toMatchObject({ open: [WELCOME, 'file:/dd', 'file:/e/a'], active: 'file:/e/a', preview: 'file:/e/a' });
    expect(groupsOf(tabs.layout)).toEqual([{ tabs: ['file:/e/a'], active: 'file:/e/a', size: 1 }]);
  });

  it('a reset opens all panes in one group, and keeps files', () => {
    expect(resetTabs({ ...opened('/a'), layout: { direction: 'row', root: { size: 1, children: [] } } })).toMatchObject({ open: [...FIXED, 'file:/a'], active: 'file:/a', layout: null });
    expect(resetTabs({ ...bare, open: [], active: NO_TAB }).active).toBe(WELCOME);
  });

  it('refuses damaged settings', () => {
    for (const value of [null, 3, 'x', { version: 2 }, { version: 2, open: 'x' }]) expect(acceptTabs(value)).toBeUndefined();
    const hostile = { version: 2, open: [TIMELINE, 'nothing', 'file:relative', `file:/${'x'.repeat(5000)}`, 4, null, { toString: 'file:/x' }, 'diff:{', diff, diff, 'file:/a'], active: '__proto__', preview: TIMELINE };
    expect(acceptTabs(hostile)).toEqual({ ...DEFAULT_TABS, open: [TIMELINE, diff, 'file:/a'], active: TIMELINE });
    expect(acceptTabs({ version: 2, open: Array.from({ length: 900 }, (_, index) => `file:/${index}`) })?.open).toHaveLength(50);
    expect(acceptTabs({ version: 2, open: [] })).toMatchObject({ open: [], active: NO_TAB });
  });

  it('takes over what the version before kept', () => {
    expect(acceptTabs({ files: ['/a', 3], diffs: [diff], active: 'file:/a' })).toMatchObject({ open: [...FIXED, 'file:/a', diff], active: 'file:/a', layout: null });
  });
});
