import { describe, expect, it } from 'vitest';
import { PROCESSES, WELCOME, acceptTabs, closeFileTab, openFileTab, renameTabs, tabIds } from './tabs.ts';

const empty = { files: [], active: WELCOME };

describe('tabs', () => {
  it('shows the welcome tab only while no file is open', () => {
    expect(tabIds(empty)).toEqual([WELCOME, PROCESSES]);
    expect(tabIds(openFileTab(empty, '/a'))).toEqual(['file:/a', PROCESSES]);
  });

  it('opens a file once', () => {
    const twice = openFileTab(openFileTab(openFileTab(empty, '/a'), '/b'), '/a');
    expect(twice).toEqual({ files: ['/a', '/b'], active: 'file:/a' });
  });

  it('shows a neighbour when the active tab is closed', () => {
    const tabs = { files: ['/a', '/b', '/c'], active: 'file:/b' };
    expect(closeFileTab(tabs, '/b')).toEqual({ files: ['/a', '/c'], active: 'file:/c' });
    expect(closeFileTab({ files: ['/a'], active: 'file:/a' }, '/a')).toEqual(empty);
    expect(closeFileTab(tabs, '/a').active).toBe('file:/b');
    expect(closeFileTab(tabs, '/x')).toBe(tabs);
  });

  it('follows renames of files and of directories above', () => {
    const tabs = { files: ['/d/a', '/dd'], active: 'file:/d/a' };
    expect(renameTabs(tabs, '/d', '/e')).toEqual({ files: ['/e/a', '/dd'], active: 'file:/e/a' });
  });

  it('refuses damaged settings', () => {
    expect(acceptTabs(null)).toBeUndefined();
    expect(acceptTabs({ files: 'x' })).toBeUndefined();
    expect(acceptTabs({ files: ['/a', 3], active: 'file:/gone' })).toEqual({ files: ['/a'], active: 'file:/a' });
  });
});
