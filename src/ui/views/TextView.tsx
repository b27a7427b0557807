import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Pencil } from 'lucide-react';
import { useStore } from 'zustand';
import { POLICY } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, indexesWith, useFixedRows, visibleName } from '../kit/index.ts';
import type { BlameRange } from '../../shared/abi/index.ts';
import { showError } from '../stores/index.ts';
import { BlameCell, useBlame } from './Writers.tsx';
import type { ViewerProps } from './viewer.ts';

/** Bytes read at once; files up to this size can be edited. */
const WINDOW = 1024 * 1024;
const LINE = 20;
/** Longer lines are cut for display: one of a megabyte would stop the page. */
const LINE_MAX = 4000;

/** Text by lines, read a window at a time, with a plain editor for small files. */
export function TextView({ path, stat: { size }, version, readOnly, blamed }: ViewerProps): ReactElement {
  const app = useApp();
  const [windows, setWindows] = useState(1);
  const { text, error } = useText(path, windows * WINDOW, version);
  const blame = useBlame(path, version, blamed);
  const [draft, setDraft] = useState<string | null>(null);
  const editable = text !== null && !readOnly && size <= WINDOW && !text.includes('\ufffd');
  const at = useEditAt(path, editable, () => setDraft((before) => before ?? text));
  if (error !== null) return <div className="empty" role="alert">{visibleName(path)} cannot be read: {error}</div>;
  if (text === null) return <div className="empty" role="status">Loading…</div>;
  const save = async (): Promise<void> => {
    try {
      await app.page.fs.writeFile(path, draft ?? text);
      setDraft(null);
    } catch (cause) {
      showError(app.messages, `Could not save ${visibleName(path)}`, cause);
    }
  };
  if (draft !== null) return <Editor path={path} draft={draft} changed={draft !== text} at={at} onChange={setDraft} onSave={save} onCancel={() => setDraft(null)} />;
  return (
    <div className="text-view">
      {editable && <button type="button" className="btn edit-button" onClick={() => setDraft(text)}><Pencil size={13} aria-hidden="true" />Edit</button>}
      {typeof blame === 'string' && <p className="blame-failed" role="alert">Who wrote which line cannot be read: {blame}</p>}
      <Lines text={text} path={path} blame={Array.isArray(blame) ? blame : null} />
      {windows * WINDOW < size && (
        <div className="view-foot">
          <span>{formatBytes(windows * WINDOW)} of {formatBytes(size)}</span>
          <button type="button" className="btn" onClick={() => setWindows(windows + 1)}>Load more</button>
        </div>
      )}
    </div>
  );
}

/** Begins to edit where that was asked for from elsewhere; yields where. */
function useEditAt(path: string, editable: boolean, begin: () => void): { line: number } | null {
  const app = useApp();
  const asked = useStore(app.overlay, (state) => state.editAt);
  const [taken, setTaken] = useState<typeof asked>(null);
  if (asked && asked !== taken && asked.path === path && editable) {
    setTaken(asked);
    begin();
  }
  useEffect(() => {
    if (taken && app.overlay.getState().editAt === taken) app.overlay.setState({ editAt: null });
  }, [app, taken]);
  return taken;
}

function useText(path: string, length: number, version: number): { text: string | null; error: string | null } {
  const app = useApp();
  const [result, setResult] = useState<{ text: string | null; error: string | null }>({ text: null, error: null });
  useEffect(() => {
    let gone = false;
    app.client.api.readRange(path, 0, length).then(
      // `stream` leaves out a sequence that the end of the window cuts.
      (bytes) => ({ text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: bytes.length >= length }), error: null }),
      (error: unknown) => ({ text: null, error: error instanceof Error ? error.message : String(error) }),
    ).then((next) => {
      if (!gone) setResult(next);
    });
    return () => {
      gone = true;
    };
  }, [app, path, length, version]);
  return result;
}

function Lines({ text, path, blame }: { text: string; path: string; blame: BlameRange[] | null }): ReactElement {
  const lines = useMemo(() => text.split('\n'), [text]);
  const scroller = useRef<HTMLDivElement>(null);
  const { start, end, height } = useFixedRows(scroller, lines.length, LINE);
  const digits = String(lines.length).length;
  return (
    <div ref={scroller} className="lines" tabIndex={0} role="document" aria-label={`Contents of ${visibleName(path)}`}>
      <div style={{ height, position: 'relative', minWidth: 'max-content' }}>
        {indexesWith(start, end, -1, lines.length).map((index) => (
          <div key={index} className="line" style={{ transform: `translateY(${index * LINE}px)` }}>
            {blame && <BlameCell blame={blame} line={index + 1} />}
            <span className="line-number" aria-hidden="true" style={{ width: `${digits + 1}ch` }}>{index + 1}</span>
            <span className="line-text">{shorten(lines[index] ?? '')}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function shorten(line: string): string {
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX)} … ${line.length - LINE_MAX} more characters` : line;
}

interface EditorProps {
  path: string;
  draft: string;
  changed: boolean;
  /** Where to begin, from 1. */
  at: { line: number } | null;
  onChange: (text: string) => void;
  onSave: () => Promise<void>;
  onCancel: () => void;
}

function Editor({ path, draft, changed, at, onChange, onSave, onCancel }: EditorProps): ReactElement {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (at && field.current) showLine(field.current, at.line);
  }, [at]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    void onSave();
  };
  return (
    <div className="text-view">
      <textarea
        ref={field} className="editor" aria-label={`Edit ${visibleName(path)}`} value={draft} spellCheck={false} autoFocus wrap="off"
        onChange={(event) => onChange(event.target.value)} onKeyDown={onKeyDown}
      />
      <div className="view-foot">
        <span>{changed ? 'Not saved yet' : path === POLICY ? 'No changes; saving it puts it in force' : 'No changes'}</span>
        <button type="button" className="btn" onClick={onCancel}>Cancel</button>
        <button type="button" className="btn primary" disabled={!changed && path !== POLICY} onClick={() => void onSave()}>Save</button>
      </div>
    </div>
  );
}

/** Selects a line and brings it into sight. */
function showLine(field: HTMLTextAreaElement, number: number): void {
  const lines = field.value.split('\n');
  const before = lines.slice(0, number - 1);
  const start = before.reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
  field.scrollTop = Math.max(0, before.length * LINE - field.clientHeight / 3);
}
