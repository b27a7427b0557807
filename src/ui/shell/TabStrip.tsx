import { type KeyboardEvent, type ReactElement } from 'react';
import { ChevronDown, X } from 'lucide-react';
import { useStore } from 'zustand';
import { closeView, closeViews, showView } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import type { TabFace } from '../dock/index.ts';
import type { App, MenuItem, TabId, Tabs } from '../stores/index.ts';

interface TabStripProps {
  shown: TabId;
  faceOf: (id: TabId, tabs: Tabs) => TabFace;
  /** Null: there is no such view. */
  titleOf: (id: TabId, tabs: Tabs) => string | null;
}

/** The open views in one row, for narrow windows, which have no dock. Arrows show the next one, Delete closes. */
export function TabStrip({ shown, faceOf, titleOf }: TabStripProps): ReactElement {
  const app = useApp();
  const tabs = useStore(app.tabs);
  const ids = tabs.open.filter((id) => titleOf(id, tabs) !== null);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const next = ids[ids.indexOf(shown) + (STEPS[event.key] ?? 0)];
    if (event.key === 'Delete') closeView(app, shown);
    else if (STEPS[event.key] === undefined || next === undefined) return;
    else showView(app, next);
    event.preventDefault();
    const list = event.currentTarget;
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected=true]')?.focus());
  };
  return (
    <div className="tabs strip">
    <div className="tab-list" role="tablist" aria-label="Open views" tabIndex={-1} onKeyDown={onKeyDown}>
      {ids.map((id) => {
        const { icon, label } = faceOf(id, tabs);
        return (
          <button
            key={id} type="button" role="tab" className={`tab strip-tab${id === shown ? ' on' : ''}`} aria-selected={id === shown} aria-label={titleOf(id, tabs) ?? id}
            tabIndex={id === shown ? 0 : -1} onClick={() => showView(app, id)} onContextMenu={(event) => { event.preventDefault(); openMenu(app, ids, id, event); }}
            ref={(element) => { if (id === shown) element?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }}
          >
            {icon}<span className={tabs.preview === id ? 'preview' : undefined}>{label}</span>
            {id === shown && <span className="tab-close" aria-hidden="true" onClick={(event) => { event.stopPropagation(); closeView(app, id); }}><X size={14} /></span>}
          </button>
        );
      })}
    </div>
      <button
        type="button" className="icon-btn strip-all" aria-label="All open views" aria-haspopup="menu"
        onClick={({ currentTarget }) => {
          const box = currentTarget.getBoundingClientRect();
          const items = ids.map((id): MenuItem => ({ label: titleOf(id, tabs) ?? id, checked: id === shown, run: () => showView(app, id) }));
          app.overlay.setState({ menu: { x: box.right, y: box.bottom, label: 'Open views', items } });
        }}
      >
        <ChevronDown size={18} aria-hidden="true" />
      </button>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

function openMenu(app: App, ids: readonly TabId[], id: TabId, { clientX: x, clientY: y }: { clientX: number; clientY: number }): void {
  const others = ids.filter((other) => other !== id);
  const items: MenuItem[] = [
    { label: 'Show', run: () => showView(app, id) }, { label: 'Close', run: () => closeView(app, id) },
    ...(others.length > 0 ? [{ label: 'Close the others', run: () => closeViews(app, others) }] : []),
  ];
  app.overlay.setState({ menu: { x, y, label: 'Tab', items } });
}
