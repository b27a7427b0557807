import { describe, expect, it } from 'vitest';
import { diffTab } from './diff-spec.ts';
import { AUDIT, BUS, GRANTS, LAYERS, PROCESSES, TIMELINE, WELCOME, acceptTabs, closeFileTab, closeTab, openDiffTab, openFileTab, renameTabs, tabIds } from './tabs.ts';

const empty = { files: [], diffs: [], active: WELCOME };
const diff = diffTab({ kind: 'run', run: 7, name: 'writer' });

describe('tabs', () => {
  it('shows the welcome tab only while no file is open', () => {
    expect(tabIds(empty)).toEqual([WELCOME, PROCESSES, TIMELINE, LAYERS, BUS, GRANTS, AUDIT]);
    expect(tabIds(openFileTab(empty, '/a'))).toEqual(['file:/a', PROCESSES, TIMELINE, LAYERS, BUS, GRANTS, AUDIT]);
  });

  it('opens a file once', () => {
    const twice = openFileTab(openFileTab(openFileTab(empty, '/a'), '/b'), '/a');
    expect(twice).toEqual({ files: ['/a', '/b'], diffs: [], active: 'file:/a' });
  });

  it('shows a neighbour when the active tab is closed', () => {
    const tabs = { files: ['/a', '/b', '/c'], diffs: [], active: 'file:/b' };
    expect(closeFileTab(tabs, '/b')).toEqual({ files: ['/a', '/c'], diffs: [], active: 'file:/c' });
    expect(closeFileTab({ files: ['/a'], diffs: [], active: 'file:/a' }, '/a')).toEqual(empty);
    expect(closeFileTab(tabs, '/a').active).toBe('file:/b');
    expect(closeFileTab(tabs, '/x')).toBe(tabs);
  });

  it('opens a comparison once, after the files, and closes it', () => {
    const tabs = openDiffTab(openDiffTab(openFileTab(empty, '/a'), diff), diff);
    expect(tabIds(tabs).slice(0, 2)).toEqual(['file:/a', diff]);
    expect(tabs.active).toBe(diff);
    expect(closeTab(tabs, diff)).toEqual({ files: ['/a'], diffs: [], active: 'file:/a' });
    expect(closeTab({ ...tabs, active: 'file:/a' }, 'file:/a')).toEqual({ files: [], diffs: [diff], active: diff });
  });

  it('follows renames of files and of directories above', () => {
    const tabs = { files: ['/d/a', '/dd'], diffs: [], active: 'file:/d/a' };
    expect(renameTabs(tabs, '/d', '/e')).toEqual({ files: ['/e/a', '/dd'], diffs: [], active: 'file:/e/a' });
  });

  it('refuses damaged settings', () => {
    expect(acceptTabs(null)).toBeUndefined();
    expect(acceptTabs({ files: 'x' })).toBeUndefined();
    expect(acceptTabs({ files: [], diffs: [diff, 'diff:{', 4], active: diff })).toEqual({ files: [], diffs: [diff], active: diff });
    expect(acceptTabs({ files: ['/a', 3], active: 'file:/gone' })).toEqual({ files: ['/a'], diffs: [], active: 'file:/a' });
  });
});
