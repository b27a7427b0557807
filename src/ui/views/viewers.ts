import { lazy } from 'react';
import type { ViewMode, Viewer } from '../viewer/index.ts';

/** Each viewer is a chunk of its own, fetched when a file first needs it. */
export const VIEWERS: Readonly<Record<ViewMode, Viewer>> = {
  text: { label: 'Text', Component: lazy(() => import('./text/index.ts').then(({ TextView }) => ({ default: TextView }))) },
  hex: { label: 'Hex', Component: lazy(() => import('./hex/index.ts').then(({ HexEditor }) => ({ default: HexEditor }))) },
  image: { label: 'Image', Component: lazy(() => import('./media/index.ts').then(({ ImageViewer }) => ({ default: ImageViewer }))) },
  audio: { label: 'Sound', Component: lazy(() => import('./media/index.ts').then(({ AudioPlayer }) => ({ default: AudioPlayer }))) },
  video: { label: 'Film', Component: lazy(() => import('./media/index.ts').then(({ VideoPlayer }) => ({ default: VideoPlayer }))) },
  pdf: { label: 'Pages', Component: lazy(() => import('./pdf/index.ts').then(({ PdfView }) => ({ default: PdfView }))) },
  page: { label: 'Rendered', Component: lazy(() => import('./page/index.ts').then(({ PageView }) => ({ default: PageView }))) },
  table: { label: 'Table', Component: lazy(() => import('./TableView.tsx').then(({ TableView }) => ({ default: TableView }))) },
  tree: { label: 'Tree', Component: lazy(() => import('./TreeView.tsx').then(({ TreeView }) => ({ default: TreeView }))) },
  sqlite: { label: 'Database', Component: lazy(() => import('./DatabaseView.tsx').then(({ DatabaseView }) => ({ default: DatabaseView }))) },
  module: { label: 'Module', Component: lazy(() => import('./ModuleView.tsx').then(({ ModuleView }) => ({ default: ModuleView }))) },
};
