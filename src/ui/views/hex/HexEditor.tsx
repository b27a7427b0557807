import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../../app/index.ts';
import { visibleName } from '../../kit/index.ts';
import { loadSetting, saveSetting, showError } from '../../stores/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { HexBar } from './HexBar.tsx';
import { HexGrid } from './HexGrid.tsx';
import { HexSession } from './hex-session.ts';
import { HexStatus } from './HexStatus.tsx';
import { Inspector } from './Inspector.tsx';
import './hex.css';

/** The bytes of a file of any size, to look at and to type over. */
export function HexEditor(props: ViewerProps): ReactElement {
  const { path, stat: { size, kind, origin } } = props;
  const app = useApp();
  const owned = useStore(app.workspace, ({ info }) => info?.mode !== 'read-only');
  if (size === 0) return <div className="empty">The file is empty.</div>;
  return <Bytes key={path} {...props} readOnly={props.readOnly || kind !== 'file' || origin === 'device' || !owned} />;
}

const accept = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

function Bytes({ path, stat: { size }, version, readOnly, changedBy }: ViewerProps): ReactElement {
  const app = useApp();
  const root = useRef<HTMLDivElement>(null);
  const [session] = useState(() => new HexSession(app, path, size));
  const [bar, setBar] = useState<'find' | 'line' | null>(null);
  const [inspecting, setInspecting] = useState(() => loadSetting('hex-inspector', !matchMedia('(max-width: 759px), (max-height: 479px)').matches, accept));
  const error = useStore(session.store, (state) => state.error);
  useEffect(() => session.renew(size, version, changedBy), [session, size, version, changedBy]);
  useEffect(() => () => session.stopSearch(), [session]);
  const save = (): void => void session.save().catch((cause: unknown) => showError(app.messages, `Could not save ${visibleName(path)}`, cause));
  useEffect(() => {
    const element = root.current?.closest('.file-view');
    const onCommand = (event: Event): void => {
      const command = (event as CustomEvent<string>).detail;
      if (command === 'save' && !readOnly) void session.save().catch((cause: unknown) => showError(app.messages, `Could not save ${visibleName(path)}`, cause));
      if (command === 'revert') session.revert();
      if (command === 'find' || command === 'line') setBar(command);
    };
    element?.addEventListener('palimpsest-editor', onCommand);
    return () => element?.removeEventListener('palimpsest-editor', onCommand);
  }, [app, session, path, readOnly]);
  const close = (): void => {
    setBar(null);
    root.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  if (error !== null) return <div className="empty" role="alert">{visibleName(path)} cannot be read: {visibleName(error)}</div>;
  return (
    <div ref={root} className="hex-editor">
      {bar !== null && <HexBar key={bar} session={session} what={bar} onClose={close} />}
      <div className="hex-main">
        <HexGrid session={session} label={`Bytes of ${visibleName(path)}`} size={size} readOnly={readOnly} />
        {inspecting && <Inspector session={session} />}
      </div>
      <HexStatus
        session={session} readOnly={readOnly} inspecting={inspecting} onSave={save} onFind={() => setBar('find')} onGo={() => setBar('line')}
        onInspect={() => { saveSetting('hex-inspector', !inspecting); setInspecting(!inspecting); }}
      />
    </div>
  );
}
