import { Suspense, lazy, useMemo, type ReactElement } from 'react';
import { FileDiff } from 'lucide-react';
import { useStore } from 'zustand';
import { basename, dirname } from '../../shared/base/index.ts';
import { useApp } from '../app/index.ts';
import { COMMANDS } from '../commands/index.ts';
import type { DockParts, TabFace } from '../dock/index.ts';
import { NodeIcon, visibleName } from '../kit/index.ts';
import { FIXED, diffTitle, parseDiff, pathOfTab, type TabId, type Tabs } from '../stores/index.ts';
import { PANES } from './panes.ts';
import { TabStrip } from './TabStrip.tsx';
import { ViewBoundary } from './ViewBoundary.tsx';

const loadDock = () => import('../dock/index.ts').then((module) => ({ default: module.Dock }));
const Dock = lazy(loadDock);
const FileView = lazy(() => import('../views/index.ts').then((module) => ({ default: module.FileView })));
const DiffPane = lazy(() => import('../diff/index.ts').then((module) => ({ default: module.DiffPane })));

const PARTS: DockParts = {
  View,
  panes: FIXED.flatMap((id) => {
    const pane = PANES[id];
    return pane ? [{ id, title: pane.title, icon: pane.icon, keys: COMMANDS.find((command) => command.id === `go.${id}`)?.keys }] : [];
  }),
  faceOf,
  titleOf: spokenTitle,
};

/** The views in the middle, as tabs that dock. */
export function Centre(): ReactElement {
  return (
    <section className="centre" aria-label="View">
      <Suspense fallback={<Loading />}><Dock parts={PARTS} /></Suspense>
    </section>
  );
}

/** One view without the others, for narrow windows: `only`, else the one that was used last. */
export function SingleView({ only }: { only?: TabId }): ReactElement {
  const app = useApp();
  const tabs = useStore(app.tabs);
  const id = only ?? tabs.active;
  const title = useMemo(() => spokenTitle(id, tabs) ?? 'Nothing is open', [id, tabs]);
  return (
    <section className="centre" aria-label="View">
      {only === undefined && <TabStrip shown={id} faceOf={faceOf} titleOf={spokenTitle} />}
      <div className="centre-body" {...(only === undefined && { role: 'tabpanel', 'aria-label': title })}><View key={id} id={id} /></div>
    </section>
  );
}

const Loading = (): ReactElement => <div className="empty" role="status">Loading…</div>;

function View({ id }: { id: TabId }): ReactElement {
  return <ViewBoundary key={id}><Suspense fallback={<Loading />}><Content id={id} /></Suspense></ViewBoundary>;
}

function Content({ id }: { id: TabId }): ReactElement {
  const pane = PANES[id];
  const path = pathOfTab(id);
  const spec = parseDiff(id);
  if (pane) return <pane.Component />;
  if (path !== null) return <FileView key={id} path={path} />;
  if (spec) return <DiffPane key={id} spec={spec} />;
  return <div className="empty"><p>Nothing is open. Pick a file in the explorer.</p></div>;
}

function faceOf(id: TabId, { open }: Tabs): TabFace {
  const pane = PANES[id];
  if (pane) return { icon: <pane.icon size={14} strokeWidth={1.75} />, label: pane.title };
  const path = pathOfTab(id);
  if (path === null) {
    const spec = parseDiff(id);
    return { icon: <FileDiff size={14} strokeWidth={1.75} />, label: visibleName(spec ? diffTitle(spec) : id) };
  }
  const name = basename(path);
  const twin = open.some((other) => other !== id && basename(pathOfTab(other) ?? '') === name);
  return { icon: <NodeIcon kind="file" name={name} />, label: visibleName(name), ...(twin && { hint: visibleName(dirname(path)) }) };
}

/** What a screen reader says of a tab: also what others see by its letters and marks. */
function spokenTitle(id: TabId, tabs: Tabs): string | null {
  if (PANES[id] === undefined && pathOfTab(id) === null && parseDiff(id) === null) return null;
  const { label, hint } = faceOf(id, tabs);
  return [label, ...(hint ? [`in ${hint}`] : []), ...(tabs.preview === id ? ['preview'] : []), ...(tabs.unsaved.includes(id) ? ['not saved'] : [])].join(', ');
}
