import { lazy, type ComponentType } from 'react';
import { Activity, Cable, History, House, Layers, Network, ScrollText, ShieldCheck, SquareActivity, type LucideIcon } from 'lucide-react';
import { AUDIT, BUS, GRANTS, LAYERS, MAP, PROCESSES, TIMELINE, TRACE, WELCOME, type TabId } from '../stores/index.ts';
import { ProcessesPane } from '../processes/index.ts';
import { Welcome } from '../welcome/index.ts';

export interface Pane {
  title: string;
  icon: LucideIcon;
  Component: ComponentType;
  /** Fetches its code, where that is a chunk of its own. */
  load?: () => Promise<unknown>;
}

const later = (load: () => Promise<{ default: ComponentType }>): Pick<Pane, 'Component' | 'load'> => ({ Component: lazy(load), load });

/** The panes that are there once, by the tab they are in. All but the first ones are chunks of their own, fetched when they are first shown. */
export const PANES: Readonly<Record<TabId, Pane>> = {
  [WELCOME]: { title: 'Welcome', icon: House, Component: Welcome },
  [MAP]: { title: 'Map', icon: Network, ...later(() => import('../map/index.ts').then(({ MapPane }) => ({ default: MapPane }))) },
  [PROCESSES]: { title: 'Processes', icon: Activity, Component: ProcessesPane },
  [TRACE]: { title: 'Trace', icon: SquareActivity, ...later(() => import('../trace/index.ts').then(({ TracePane }) => ({ default: TracePane }))) },
  [TIMELINE]: { title: 'Timeline', icon: History, ...later(() => import('../timeline/index.ts').then(({ TimelinePane }) => ({ default: TimelinePane }))) },
  [LAYERS]: { title: 'Layers', icon: Layers, ...later(() => import('../layers/index.ts').then(({ LayersPane }) => ({ default: LayersPane }))) },
  [BUS]: { title: 'Bus', icon: Cable, ...later(() => import('../bus/index.ts').then(({ BusPane }) => ({ default: BusPane }))) },
  [GRANTS]: { title: 'Grants', icon: ShieldCheck, ...later(() => import('../grants/index.ts').then(({ GrantsPane }) => ({ default: GrantsPane }))) },
  [AUDIT]: { title: 'Audit', icon: ScrollText, ...later(() => import('../audit/index.ts').then(({ AuditPane }) => ({ default: AuditPane }))) },
};
