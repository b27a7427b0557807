import { Suspense, lazy, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { ApprovalHost } from '../approvals/index.ts';
import { ExplorerPane } from '../explorer/index.ts';
import { Splitter } from '../kit/index.ts';
import { Banners, MessageList, Toasts } from '../messages/index.ts';
import { LAYOUT_LIMITS } from '../stores/index.ts';
import { TourCard } from '../welcome/index.ts';
import { TerminalPane } from '../terminal/index.ts';
import { BottomNav } from './BottomNav.tsx';
import { Centre, SingleView } from './Centre.tsx';
import { MoreSheet } from './MoreSheet.tsx';
import { ConflictsDialog } from './ConflictsDialog.tsx';
import { ConfirmDialog, ContextMenu } from './overlays.tsx';
import { RunResult } from './RunResult.tsx';
import { ShortcutsSheet } from './ShortcutsSheet.tsx';
import { TopBar } from './TopBar.tsx';
import { PANES } from './panes.ts';
import { useEarly } from './use-early.ts';
import { useIdleCode } from './use-idle-code.ts';
import { useKeyboardRoom } from './use-keyboard-room.ts';
import { useLongPress } from './use-long-press.ts';
import { useNarrow } from './use-narrow.ts';
import { usePromptRuns } from './use-prompt-runs.ts';
import { useSharedLink } from './use-shared-link.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useWindowDrop } from './use-window-drop.ts';
import './shell.css';

const loadPalette = () => import('../palette/index.ts').then((module) => ({ default: module.Palette }));
const Palette = lazy(loadPalette);
const FolderSheets = lazy(() => import('../folder/index.ts').then((module) => ({ default: module.FolderSheets })));
const ArchiveSheets = lazy(() => import('../archive/index.ts').then((module) => ({ default: module.ArchiveSheets })));
const LearnSheets = lazy(() => import('../learn/index.ts').then((module) => ({ default: module.LearnSheets })));
const DropSheet = lazy(() => import('../drop/index.ts').then((module) => ({ default: module.DropSheet })));

const LATER = Object.values(PANES).flatMap(({ load }) => load ?? []);

/** Arranges the panes: side by side, or one at a time on a narrow window. */
export function Shell(): ReactElement {
  const app = useApp();
  const narrow = useNarrow();
  useShortcuts();
  useWindowDrop();
  useSharedLink();
  usePromptRuns();
  useEarly(loadPalette);
  useIdleCode(LATER);
  useLongPress();
  useKeyboardRoom();
  const learning = useStore(app.overlay, (state) => state.learned !== null || state.dryRun !== null);
  const dragging = useStore(app.overlay, (state) => state.dragging);
  const palette = useStore(app.overlay, (state) => state.palette);
  const folder = useStore(app.overlay, (state) => state.folder !== null);
  const archive = useStore(app.overlay, (state) => state.archive);
  const dropped = useStore(app.overlay, (state) => state.dropped);
  return (
    <div className={`shell${dragging ? ' dragging' : ''}`}>
      <TopBar narrow={narrow} />
      <Banners />
      <ApprovalHost />
      {narrow && <Toasts />}
      {narrow ? <NarrowPanes /> : <WidePanes />}
      {narrow && <RunResult />}
      {narrow && <TourCard />}
      {narrow && <BottomNav />}
      <ContextMenu />
      <ConfirmDialog />
      <ConflictsDialog />
      <ShortcutsSheet />
      <MessageList />
      <Suspense fallback={null}>
        {palette && <Palette />}
        {folder && <FolderSheets />}
        {learning && <LearnSheets />}
        {archive && <ArchiveSheets sheet={archive} />}
        {dropped && <DropSheet key={`${dropped.file.name}:${dropped.file.lastModified}:${dropped.file.size}`} dropped={dropped} />}
      </Suspense>
      {dragging && <div className="drop-light" aria-hidden="true"><p>Drop a .wasm to run it, other files and folders to keep them</p></div>}
    </div>
  );
}

function WidePanes(): ReactElement {
  const app = useApp();
  const { left, bottom, leftOpen, bottomOpen } = useStore(app.layout);
  const maximised = useStore(app.dock, (state) => state.maximised);
  const [leftShown, bottomShown] = [leftOpen && !maximised, bottomOpen && !maximised];
  return (
    <div className="panes">
      {leftShown && <div className="pane-left" style={{ width: left }}><ExplorerPane /></div>}
      <main className="pane-right">
        {leftShown && (
          <Splitter label="Width of the explorer" orientation="vertical" value={left} {...LAYOUT_LIMITS.left} forward onChange={(value) => app.layout.setState({ left: value })} />
        )}
        <div className="centre-area"><Centre /><Toasts /><TourCard /></div>
        <RunResult />
        {bottomShown && (
          <Splitter label="Height of the terminal" orientation="horizontal" value={bottom} {...LAYOUT_LIMITS.bottom} forward={false} onChange={(value) => app.layout.setState({ bottom: value })} />
        )}
        <div className="pane-bottom" hidden={!bottomShown} style={{ height: bottom }}><TerminalPane /></div>
      </main>
    </div>
  );
}

/** The terminal stays mounted behind the other sheets, so that its screens live on. */
function NarrowPanes(): ReactElement {
  const app = useApp();
  const sheet = useStore(app.layout, (state) => state.sheet);
  return (
    <main className="sheets">
      {sheet === 'files' && <div className="sheet"><ExplorerPane /></div>}
      {sheet === 'view' && <div className="sheet"><SingleView /></div>}
      {sheet === 'processes' && <div className="sheet"><SingleView only="processes" /></div>}
      {sheet === 'more' && <div className="sheet"><MoreSheet /></div>}
      <div className="sheet" hidden={sheet !== 'terminal'}><TerminalPane /></div>
    </main>
  );
}
