import type { ProcessView } from '../../shared/abi/index.ts';
import type { SearchState } from './search-results.ts';
import type { TreeRows } from './tree-model.ts';

/** What the explorer shows while no moment of the past is shown: the namespace, the changes, one layer, or what a process sees. */
export type ExplorerView = 'merged' | 'changes' | `layer:${string}` | `process:${number}`;

export interface ExplorerState {
  /** Replaced when rows come, go or move. */
  rows: TreeRows;
  /** Grows with every change that is to be drawn. */
  version: number;
  view: ExplorerView;
  /** Why what the view shows could not be read. */
  viewError: string | null;
  /** More than what is shown was changed by the layer. */
  viewMore: boolean;
  /** Of the view of a process: what it has of the namespace. */
  process: (ProcessView & { ended: boolean }) | null;
  filter: string;
  /** How far the filter's search is; null: nothing is filtered. */
  search: SearchState | null;
  /** Path of the row that has, or would get, the focus. */
  active: string;
  /** Paths of the rows that are chosen; some may have gone. */
  selected: ReadonlySet<string>;
  /** A press on a row chooses it too, as fingers have no Ctrl. */
  selecting: boolean;
  /** Where a choice of several rows begins. */
  anchor: string;
  /** What was cut or copied, to be pasted. */
  clipboard: { paths: readonly string[]; cut: boolean } | null;
  /** Path of the row whose name is being edited. */
  renaming: string | null;
  showDeleted: boolean;
  /** The entry after which the namespace is shown, read-only; null: now. */
  point: number | null;
}

export const layerView = (name: string): ExplorerView => `layer:${name}`;
export const processView = (pid: number): ExplorerView => `process:${pid}`;

/** Of the view of a layer: its name. */
export const layerOf = (view: ExplorerView): string | null => (view.startsWith('layer:') ? view.slice('layer:'.length) : null);

/** Of the view of a process: its pid. */
export const pidOf = (view: ExplorerView): number | null => (view.startsWith('process:') ? Number(view.slice('process:'.length)) : null);

/** Whether what is shown can be changed there: the namespace as the window sees it, now. */
export const isEditable = ({ view, point }: Pick<ExplorerState, 'view' | 'point'>): boolean => point === null && (view === 'merged' || view === 'changes');
