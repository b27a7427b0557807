import { use, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { IDockviewHeaderActionsProps } from 'dockview-react';
import { ChevronDown, Columns2, Maximize2, Minimize2, Plus } from 'lucide-react';
import { useStore } from 'zustand';
import { showView, reopenView, resetLayout, showPane, toggleMaximised } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import type { App, TabId } from '../stores/index.ts';
import { DockContext, type DockParts } from './dock-parts.ts';

/** Opens a pane that was closed, or goes to one. */
export function AddView(_props: Partial<IDockviewHeaderActionsProps>): ReactElement | null {
  const app = useApp();
  const parts = use(DockContext);
  const button = useRef<HTMLButtonElement>(null);
  if (!parts) return null;
  return (
    <button
      ref={button} type="button" className="icon-btn dock-add" aria-label="Open a view" aria-haspopup="menu" title="Open a view (Alt+V)"
      onClick={() => openViewMenu(app, parts, button.current)}
    >
      <Plus size={16} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}

function openViewMenu(app: App, parts: DockParts, anchor: HTMLElement | null): void {
  const box = anchor?.getBoundingClientRect();
  const { open, closed } = app.tabs.getState();
  app.overlay.setState({ menu: {
    x: box?.left ?? 0, y: box?.bottom ?? 0, label: 'Open a view',
    items: [
      ...parts.panes.map(({ id, title, keys }) => ({ label: title, checked: open.includes(id), ...(keys && { keys }), run: () => showPane(app, id) })),
      ...(closed.length > 0 ? [{ label: 'Open again what was closed last', keys: 'Alt+Shift+V', separated: true, run: () => reopenView(app) }] : []),
      { label: 'Reset layout', separated: true, run: () => resetLayout(app) },
    ],
  } });
}

/** At the right end of a group's tabs. */
export function GroupActions({ panels, isGroupActive, group }: IDockviewHeaderActionsProps): ReactElement {
  const app = useApp();
  const parts = use(DockContext);
  const crowded = useCrowded(group.element, panels.length);
  const maximised = useStore(app.dock, (state) => state.maximised);
  const Icon = maximised ? Minimize2 : Maximize2;
  const own = (act: () => void) => (): void => {
    if (!isGroupActive) panels[0]?.group.api.setActive();
    act();
  };
  return (
    <div className="dock-actions">
      {crowded && parts && (
        <button type="button" className="icon-btn" aria-label="All tabs of the group" aria-haspopup="menu" title="All tabs of the group" onClick={(event) => openTabList(app, parts, panels.map(({ id }) => id), event.currentTarget)}>
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
      {panels.length > 1 && (
        <button type="button" className="icon-btn" aria-label="Split right" title="Split right (Ctrl+\)" onClick={own(() => app.dock.getState().control?.split('right'))}>
          <Columns2 size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
      <button type="button" className="icon-btn" aria-label="Maximise the group" aria-pressed={maximised} title={`${maximised ? 'Show all groups' : 'Maximise the group'} (Alt+M)`} onClick={own(() => toggleMaximised(app))}>
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </div>
  );
}

/** Whether the tabs of a group have not all got room. */
function useCrowded(group: HTMLElement, count: number): boolean {
  const [crowded, setCrowded] = useState(false);
  useLayoutEffect(() => {
    const list = group.querySelector('[role=tablist]');
    if (!list) return undefined;
    const look = (): void => setCrowded(list.scrollWidth > list.clientWidth + 1);
    const observer = new ResizeObserver(look);
    for (const element of [list, ...list.children]) observer.observe(element);
    return () => observer.disconnect();
  }, [group, count]);
  return crowded;
}

function openTabList(app: App, parts: DockParts, ids: readonly TabId[], anchor: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const tabs = app.tabs.getState();
  app.overlay.setState({ menu: {
    x: box.right, y: box.bottom, label: 'All tabs of the group',
    items: ids.map((id) => ({ label: parts.titleOf(id, tabs) ?? id, checked: id === tabs.active, run: () => showView(app, id) })),
  } });
}

/** Instead of tabs, where all were closed. */
export function NothingOpen(): ReactElement | null {
  const app = useApp();
  const parts = use(DockContext);
  if (!parts) return null;
  return (
    <div className="nothing-open">
      <p>Everything is closed. Open a file in the explorer, or one of these:</p>
      <ul>
        {parts.panes.map(({ id, title, icon: Icon, keys }) => (
          <li key={id}>
            <button type="button" className="btn" onClick={() => showPane(app, id)}><Icon size={14} strokeWidth={1.75} aria-hidden="true" />{title}{keys && <kbd>{keys}</kbd>}</button>
          </li>
        ))}
      </ul>
      <button type="button" className="link" onClick={() => resetLayout(app)}>Reset layout</button>
    </div>
  );
}
