import { Suspense, useCallback, useState, type ReactElement } from 'react';
import { Copy, Download, History, Play, SquareActivity, UserRoundPen } from 'lucide-react';
import { copyText, downloadPath, goToNow, restorePath, runPath } from '../actions/index.ts';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { ORIGINS, formatBytes, visibleName } from '../kit/index.ts';
import { pathAt, showError } from '../stores/index.ts';
import { useAskedView } from './use-asked-view.ts';
import { useFile, type OpenedFile } from './use-file.ts';
import type { ViewMode } from '../viewer/index.ts';
import { VIEWERS } from './viewers.ts';
import { Writers } from './Writers.tsx';
import './views.css';

/** One file as it is at the moment that is looked at: its best view, the others to switch to, and what can be done with it. */
export function FileView({ path }: { path: string }): ReactElement {
  const app = useApp();
  const point = useStore(app.timeline.store, (state) => state.point);
  const past = path.startsWith('/history/') ? null : point;
  return (
    <div className="file-at">
      {past !== null && <PastBar path={path} point={past} />}
      <Shown path={path} at={pathAt(past, path)} past={past !== null} />
    </div>
  );
}

function PastBar({ path, point }: { path: string; point: number }): ReactElement {
  const app = useApp();
  return (
    <div className="past-bar" role="status">
      <History size={14} aria-hidden="true" />
      <p>The file as it was after entry {point}, read-only</p>
      <button type="button" className="btn" onClick={() => void restorePath(app, path, point)}>Restore this file</button>
      <button type="button" className="btn" onClick={() => goToNow(app)}>Back to now</button>
    </div>
  );
}

/** `at`: where the kernel has the file as it is shown. */
function Shown({ path, at, past }: { path: string; at: string; past: boolean }): ReactElement {
  const { file, reload } = useFile(at);
  const [chosen, setChosen] = useState<ViewMode | null>(null);
  const [writers, setWriters] = useState(false);
  const app = useApp();
  // A line was asked for: only the text has lines.
  const editing = useStore(app.overlay, (state) => state.editAt?.path === path);
  if (editing && chosen !== 'text') setChosen('text');
  useAskedView(path, setChosen, useCallback(() => setWriters(true), []));
  if (file.state === 'loading') return <div className="empty" role="status">Loading {visibleName(path)}…</div>;
  if (file.state === 'failed') {
    return (
      <div className="empty" role="alert">
        <p>{past ? `${visibleName(path)} was not there then, or is not part of the history: ${visibleName(file.message)}` : `${visibleName(path)} cannot be shown: ${visibleName(file.message)}`}</p>
        <button type="button" className="btn" onClick={reload}>Try again</button>
        {!past && <Unsaved path={path} />}
      </div>
    );
  }
  const { modes } = file.sniffed;
  const mode = editing ? 'text' : chosen && modes.includes(chosen) ? chosen : (modes[0] ?? 'hex');
  return (
    <div className="file-view">
      <FileBar path={path} at={at} file={file} modes={modes} mode={mode} onMode={setChosen} writers={writers} onWriters={setWriters} />
      <div className="file-body">
        <div className="file-content"><Body path={at} file={file} mode={mode} past={past} blamed={writers && !past} /></div>
        {writers && <Writers path={path} version={file.version} onClose={() => setWriters(false)} />}
      </div>
    </div>
  );
}

/** What was typed into a file that is not there any more can be written again. */
function Unsaved({ path }: { path: string }): ReactElement | null {
  const app = useApp();
  const unsaved = useStore(app.drafts.store, ({ paths }) => paths.has(path));
  const draft = unsaved ? app.drafts.get(path) : undefined;
  if (!draft) return null;
  const write = (): void => void app.page.fs.writeFile(path, draft.text).catch((error: unknown) => showError(app.messages, `Could not write ${visibleName(path)}`, error));
  return (
    <>
      <p>You typed into it and did not save that.</p>
      <span className="writer-actions">
        <button type="button" className="btn primary" onClick={write}>Write it again, with what you typed</button>
        <button type="button" className="btn" onClick={() => app.drafts.drop(path)}>Drop what you typed</button>
      </span>
    </>
  );
}

function Body({ path, file, mode, past, blamed }: { path: string; file: OpenedFile; mode: ViewMode; past: boolean; blamed: boolean }): ReactElement {
  const { Component } = VIEWERS[mode];
  const by = useProcessName(file.changedBy);
  return (
    <Suspense fallback={<div className="empty" role="status">Loading…</div>}>
      <Component path={path} stat={file.stat} sniffed={file.sniffed} version={file.version} readOnly={past || path.startsWith('/history/')} blamed={blamed} changedBy={by} />
    </Suspense>
  );
}

/** `grep (pid 12)`. */
function useProcessName(pid: number | null): string | null {
  const app = useApp();
  const name = useStore(app.processes, ({ list }) => list.find((process) => process.pid === pid)?.name);
  return name === undefined ? null : `${visibleName(name)} (pid ${pid})`;
}

interface FileBarProps {
  path: string;
  at: string;
  file: OpenedFile;
  modes: readonly ViewMode[];
  mode: ViewMode;
  onMode: (mode: ViewMode) => void;
  writers: boolean;
  onWriters: (shown: boolean) => void;
}

function FileBar({ path, at, file, modes, mode, onMode, writers, onWriters }: FileBarProps): ReactElement {
  const app = useApp();
  const origin = ORIGINS[file.stat.origin];
  return (
    <div className="file-bar">
      <code className="file-path" title={visibleName(path)}>{visibleName(path)}</code>
      <span className="file-facts">{formatBytes(file.stat.size)} · <span className={`origin-${file.stat.origin}`}>{origin.text}</span></span>
      <span className="gap" />
      <div className="segments" role="group" aria-label="Show as">
        {modes.map((each) => <button key={each} type="button" aria-pressed={each === mode} onClick={() => onMode(each)}>{VIEWERS[each].label}</button>)}
      </div>
      <button type="button" className="icon-btn" aria-label="Who wrote this" title="Who wrote this" aria-pressed={writers} onClick={() => onWriters(!writers)}><UserRoundPen size={15} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Calls about this file" title="Calls about this file: which programs read and wrote it, and when" onClick={() => app.trace.showPath(path)}><SquareActivity size={15} aria-hidden="true" /></button>
      {file.sniffed.mode === 'module' && at === path && (
        <button type="button" className="icon-btn" aria-label="Run" title="Run" onClick={() => void runPath(app, path)}><Play size={15} aria-hidden="true" /></button>
      )}
      <button type="button" className="icon-btn" aria-label="Copy path" title="Copy path" onClick={() => void copyText(app, path, 'the path')}><Copy size={15} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Download" title="Download" onClick={() => void downloadPath(app, at)}><Download size={15} aria-hidden="true" /></button>
    </div>
  );
}
