import { describe, expect, it } from 'vitest';
import type { DockLayout } from '../stores/index.ts';
import { fromDockview, toDockview } from './serial.ts';

const layout: DockLayout = {
  direction: 'row',
  root: { size: 600, children: [
    { tabs: ['welcome', 'file:/a'], active: 'file:/a', size: 400 },
    { size: 800, children: [{ tabs: ['bus'], active: 'bus', size: 200 }, { tabs: ['audit'], active: 'audit', size: 400 }] },
  ] },
};

describe('the library’s form of a layout', () => {
  it('comes back as it went', () => {
    expect(fromDockview(toDockview(layout, 1200, 600, (id) => id))).toEqual(layout);
    const column: DockLayout = { direction: 'column', root: { size: 1200, children: [{ tabs: ['bus'], active: 'bus', size: 600 }] } };
    expect(fromDockview(toDockview(column, 1200, 600, (id) => id))).toEqual(column);
  });

  it('fills the room that there is, by shares', () => {
    const { root } = fromDockview(toDockview(layout, 600, 300, (id) => id))!;
    expect(root).toMatchObject({ size: 300, children: [{ size: 200 }, { size: 400, children: [{ size: 100 }, { size: 200 }] }] });
  });

  it('names each tab', () => {
    expect(toDockview(layout, 10, 10, (id) => `<${id}>`).panels['file:/a']).toEqual({ id: 'file:/a', contentComponent: 'view', tabComponent: 'tab', title: '<file:/a>' });
  });

  it('is none where nothing is open', () => {
    expect(fromDockview({ grid: { root: { type: 'branch', data: [] }, width: 1, height: 1, orientation: 'HORIZONTAL' as never }, panels: {} })).toBe(null);
  });
});
