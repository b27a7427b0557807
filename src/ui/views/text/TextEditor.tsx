import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../../app/index.ts';
import { visibleName } from '../../kit/index.ts';
import { showError } from '../../stores/index.ts';
import { useBlame, type ViewerProps } from '../../viewer/index.ts';
import { ChangedBar } from './ChangedBar.tsx';
import { toggleWrap, useEditorOptions } from './editor-options.ts';
import type { DecodedText } from './decode.ts';
import { TextSession } from './session.ts';
import { StatusLine } from './StatusLine.tsx';

interface TextEditorProps extends ViewerProps {
  file: DecodedText;
  read: () => Promise<DecodedText | null>;
}

/** Why a text cannot be edited; null where it can. */
function obstacle({ readOnly, stat }: ViewerProps, file: DecodedText, owned: boolean): string | null {
  if (file.invalidAt !== null) return `Not valid UTF-8 from byte ${file.invalidAt} on: read-only here, edit it as hex`;
  if (file.nul) return 'It has bytes that no text has (NUL): read-only here, edit it as hex';
  if (readOnly) return 'As it was: read-only';
  if (stat.kind !== 'file') return 'A device: the beginning of what it gives, read-only';
  if (stat.origin === 'device') return 'Made by the system when it is read: read-only';
  return owned ? null : 'Another tab owns the workspace: read-only';
}

export function TextEditor(props: TextEditorProps): ReactElement {
  const { path, file, read, blamed, version, changedBy } = props;
  const app = useApp();
  const host = useRef<HTMLDivElement>(null);
  const [session, setSession] = useState<TextSession | null>(null);
  const options = useEditorOptions();
  const theme = useStore(app.theme, (state) => state.shown);
  const owned = useStore(app.workspace, ({ info }) => info?.mode !== 'read-only');
  const why = obstacle(props, file, owned);
  const begin = useEffectEvent((parent: HTMLElement) => new TextSession(app, path, file, parent, read));
  useEffect(() => {
    if (!host.current) return undefined;
    const made = begin(host.current);
    setSession(made);
    return () => {
      setSession(null);
      made.dispose();
    };
  }, [app, path]);
  useEffect(() => session?.configure({ label: `Contents of ${visibleName(path)}`, readOnly: why !== null, theme, ...options }), [session, path, why, theme, options]);
  const take = useEffectEvent(() => session?.take(file, changedBy));
  useEffect(() => take(), [session, file]);
  const blame = useBlame(path, version, blamed);
  useEffect(() => session?.blame(Array.isArray(blame) ? blame : null), [session, blame]);
  useEditAt(path, session, why === null);

  const act = useMemo(() => session && actions(session, (cause) => showError(app.messages, `Could not save ${visibleName(path)}`, cause)), [app, session, path]);
  useEditorCommands(host, act);
  return (
    <div className="text-editor">
      {session && <ChangedBar session={session} />}
      {typeof blame === 'string' && <p className="text-note" role="alert">Who wrote which line cannot be read: {blame}</p>}
      {why !== null && !props.readOnly && <p className="text-note">{why}</p>}
      <div ref={host} className="cm-host" />
      {session && act && <StatusLine session={session} path={path} readOnly={why !== null} onSave={act.save} onFind={act.find} onLine={act.line} />}
    </div>
  );
}

type Actions = Readonly<Record<'save' | 'find' | 'line' | 'wrap' | 'revert', () => void>>;

function actions(session: TextSession, failed: (cause: unknown) => void): Actions {
  return {
    save: () => void session.save().catch(failed),
    find: () => session.find(),
    line: () => session.askLine(),
    wrap: toggleWrap,
    revert: () => session.revert(),
  };
}

/** The page's commands reach the editor that is shown as an event, so that they need not load it. */
function useEditorCommands(host: RefObject<HTMLElement | null>, act: Actions | null): void {
  useEffect(() => {
    const element = host.current?.closest('.file-view') ?? host.current;
    if (!element || !act) return undefined;
    const onCommand = (event: Event): void => act[(event as CustomEvent<keyof Actions>).detail]?.();
    element.addEventListener('palimpsest-editor', onCommand);
    return () => element.removeEventListener('palimpsest-editor', onCommand);
  }, [host, act]);
}

/** Goes to the line that was asked for from elsewhere. */
function useEditAt(path: string, session: TextSession | null, editable: boolean): void {
  const app = useApp();
  const asked = useStore(app.overlay, (state) => state.editAt);
  useEffect(() => {
    if (!session || !asked || asked.path !== path || !editable) return;
    app.overlay.setState({ editAt: null });
    session.goToLine(asked.line);
  }, [app, session, asked, path, editable]);
}
