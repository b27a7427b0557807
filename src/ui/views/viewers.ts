import { lazy } from 'react';
import type { ViewMode, Viewer } from '../viewer/index.ts';

/** Each viewer is a chunk of its own, fetched when a file first needs it. A mode without one is not offered. */
export const VIEWERS: Readonly<Partial<Record<ViewMode, Viewer>>> = {
  text: { label: 'Text', Component: lazy(() => import('./text/index.ts').then(({ TextView }) => ({ default: TextView }))) },
  hex: { label: 'Hex', Component: lazy(() => import('./hex/index.ts').then(({ HexEditor }) => ({ default: HexEditor }))) },
  image: { label: 'Image', Component: lazy(() => import('./ImageView.tsx').then(({ ImageViewer }) => ({ default: ImageViewer }))) },
  table: { label: 'Table', Component: lazy(() => import('./TableView.tsx').then(({ TableView }) => ({ default: TableView }))) },
  tree: { label: 'Tree', Component: lazy(() => import('./TreeView.tsx').then(({ TreeView }) => ({ default: TreeView }))) },
  sqlite: { label: 'Database', Component: lazy(() => import('./DatabaseView.tsx').then(({ DatabaseView }) => ({ default: DatabaseView }))) },
  module: { label: 'Module', Component: lazy(() => import('./ModuleView.tsx').then(({ ModuleView }) => ({ default: ModuleView }))) },
};
