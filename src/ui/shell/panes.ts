import { lazy, type ComponentType } from 'react';
import { Activity, Cable, History, House, Layers, Network, ScrollText, ShieldCheck, SquareActivity, type LucideIcon } from 'lucide-react';
import { AUDIT, BUS, GRANTS, LAYERS, MAP, PROCESSES, TIMELINE, TRACE, WELCOME, type TabId } from '../stores/index.ts';
import { ProcessesPane } from '../processes/index.ts';
import { Welcome } from '../welcome/index.ts';

export interface Pane {
  title: string;
  icon: LucideIcon;
  Component: ComponentType;
}

/** The panes that are there once, by the tab they are in. All but the first ones are chunks of their own, fetched when they are first shown. */
export const PANES: Readonly<Record<TabId, Pane>> = {
  [WELCOME]: { title: 'Welcome', icon: House, Component: Welcome },
  [MAP]: { title: 'Map', icon: Network, Component: lazy(() => import('../map/index.ts').then(({ MapPane }) => ({ default: MapPane }))) },
  [PROCESSES]: { title: 'Processes', icon: Activity, Component: ProcessesPane },
  [TRACE]: { title: 'Trace', icon: SquareActivity, Component: lazy(() => import('../trace/index.ts').then(({ TracePane }) => ({ default: TracePane }))) },
  [TIMELINE]: { title: 'Timeline', icon: History, Component: lazy(() => import('../timeline/index.ts').then(({ TimelinePane }) => ({ default: TimelinePane }))) },
  [LAYERS]: { title: 'Layers', icon: Layers, Component: lazy(() => import('../layers/index.ts').then(({ LayersPane }) => ({ default: LayersPane }))) },
  [BUS]: { title: 'Bus', icon: Cable, Component: lazy(() => import('../bus/index.ts').then(({ BusPane }) => ({ default: BusPane }))) },
  [GRANTS]: { title: 'Grants', icon: ShieldCheck, Component: lazy(() => import('../grants/index.ts').then(({ GrantsPane }) => ({ default: GrantsPane }))) },
  [AUDIT]: { title: 'Audit', icon: ScrollText, Component: lazy(() => import('../audit/index.ts').then(({ AuditPane }) => ({ default: AuditPane }))) },
};
