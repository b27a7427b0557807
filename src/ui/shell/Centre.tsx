import { Suspense, lazy, type KeyboardEvent, type ReactElement } from 'react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { basename } from '../../shared/base/index.ts';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import { closeTab, diffTitle, parseDiff, tabIds, type App, type TabId } from '../stores/index.ts';
import { PANES } from './panes.ts';

const FileView = lazy(() => import('../views/index.ts').then((module) => ({ default: module.FileView })));
const DiffPane = lazy(() => import('../diff/index.ts').then((module) => ({ default: module.DiffPane })));

/** The tabs in the middle. `only` shows one of them without the others (narrow windows). */
export function Centre({ only }: { only?: TabId }): ReactElement {
  const app = useApp();
  const tabs = useStore(app.tabs);
  const active = only ?? tabs.active;
  const pane = PANES[active];
  return (
    <section className="centre" aria-label="View">
      {only === undefined && (
        <div className="tabs" role="tablist" aria-label="Open views" onKeyDown={(event) => moveTab(app, event)}>
          {tabIds(tabs).map((id) => <Tab key={id} id={id} active={id === active} />)}
        </div>
      )}
      <div className="centre-body" role="tabpanel" aria-label={titleOf(active)}>
        <Suspense fallback={<div className="empty" role="status">Loading…</div>}>
          {pane && <pane.Component />}
          <Comparison id={active} />
          {active.startsWith('file:') && <FileView key={active} path={active.slice(5)} />}
        </Suspense>
      </div>
    </section>
  );
}

function Comparison({ id }: { id: TabId }): ReactElement | null {
  const spec = parseDiff(id);
  return spec && <DiffPane key={id} spec={spec} />;
}

function titleOf(id: TabId): string {
  const spec = parseDiff(id);
  return PANES[id]?.title ?? visibleName(spec ? diffTitle(spec) : basename(id.slice(5)));
}

function Tab({ id, active }: { id: TabId; active: boolean }): ReactElement {
  const app = useApp();
  const path = id.startsWith('file:') ? id.slice(5) : null;
  const closable = !(id in PANES);
  const close = (): void => app.tabs.setState((tabs) => closeTab(tabs, id));
  return (
    <div className={`tab${active ? ' on' : ''}`} role="presentation" onAuxClick={(event) => { if (event.button === 1) close(); }}>
      <button
        type="button" role="tab" className="tab-main" aria-selected={active} tabIndex={active ? 0 : -1} title={path === null ? undefined : visibleName(path)}
        onClick={() => app.tabs.setState({ active: id })} onKeyDown={(event) => { if (event.key === 'Delete') close(); }}
      >
        {titleOf(id)}
      </button>
      {closable && (
        <button type="button" className="tab-close" aria-label={`Close ${titleOf(id)}`} tabIndex={-1} onClick={close}><X size={12} aria-hidden="true" /></button>
      )}
    </div>
  );
}

function moveTab(app: App, event: KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const tabs = app.tabs.getState();
  const ids = tabIds(tabs);
  const next = ids[ids.indexOf(tabs.active) + step];
  if (step === 0 || next === undefined) return;
  event.preventDefault();
  app.tabs.setState({ active: next });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.centre [role=tab][aria-selected=true]')?.focus());
}
