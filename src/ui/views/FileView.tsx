import { useState, type ReactElement } from 'react';
import { Copy, Download, Play } from 'lucide-react';
import { copyText, downloadPath, runPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { ORIGINS, formatBytes, visibleName } from '../kit/index.ts';
import { HexView } from './HexView.tsx';
import { ImageView } from './ImageView.tsx';
import { ModuleView } from './ModuleView.tsx';
import { TextView } from './TextView.tsx';
import type { ViewMode } from './sniff.ts';
import { useFile, type OpenedFile } from './use-file.ts';
import './views.css';

const LABELS: Record<ViewMode, string> = { text: 'Text', hex: 'Hex', image: 'Image', module: 'Module' };

/** One file: its best view, the others to switch to, and what can be done with it. Follows changes. */
export function FileView({ path }: { path: string }): ReactElement {
  const { file, reload } = useFile(path);
  const [chosen, setChosen] = useState<ViewMode | null>(null);
  if (file.state === 'loading') return <div className="empty" role="status">Loading {visibleName(path)}…</div>;
  if (file.state === 'failed') {
    return (
      <div className="empty" role="alert">
        <p>{visibleName(path)} cannot be shown: {file.message}</p>
        <button type="button" className="btn" onClick={reload}>Try again</button>
      </div>
    );
  }
  const mode = chosen && file.sniffed.modes.includes(chosen) ? chosen : file.sniffed.mode;
  return (
    <div className="file-view">
      <FileBar path={path} file={file} mode={mode} onMode={setChosen} />
      <div className="file-body"><Body path={path} file={file} mode={mode} /></div>
    </div>
  );
}

function Body({ path, file, mode }: { path: string; file: OpenedFile; mode: ViewMode }): ReactElement {
  const { stat, version } = file;
  if (mode === 'hex') return <HexView path={path} size={stat.size} version={version} />;
  if (mode === 'image') return <ImageView path={path} size={stat.size} version={version} type={file.sniffed.image ?? 'image/png'} />;
  if (mode === 'module') return <ModuleView path={path} size={stat.size} version={version} />;
  return <TextView path={path} size={stat.size} version={version} />;
}

interface FileBarProps {
  path: string;
  file: OpenedFile;
  mode: ViewMode;
  onMode: (mode: ViewMode) => void;
}

function FileBar({ path, file, mode, onMode }: FileBarProps): ReactElement {
  const app = useApp();
  const origin = ORIGINS[file.stat.origin];
  return (
    <div className="file-bar">
      <code className="file-path" title={visibleName(path)}>{visibleName(path)}</code>
      <span className="file-facts">{formatBytes(file.stat.size)} · <span className={`origin-${file.stat.origin}`}>{origin.text}</span></span>
      <span className="gap" />
      <div className="segments" role="group" aria-label="Show as">
        {file.sniffed.modes.map((each) => <button key={each} type="button" aria-pressed={each === mode} onClick={() => onMode(each)}>{LABELS[each]}</button>)}
      </div>
      {file.sniffed.mode === 'module' && (
        <button type="button" className="icon-btn" aria-label="Run" title="Run" onClick={() => void runPath(app, path)}><Play size={15} aria-hidden="true" /></button>
      )}
      <button type="button" className="icon-btn" aria-label="Copy path" title="Copy path" onClick={() => void copyText(app, path, 'the path')}><Copy size={15} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Download" title="Download" onClick={() => void downloadPath(app, path)}><Download size={15} aria-hidden="true" /></button>
    </div>
  );
}
