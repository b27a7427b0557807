import type { ReactElement } from 'react';
import { Save, Search, Undo2, WrapText } from 'lucide-react';
import { useStore } from 'zustand';
import { POLICY } from '../../actions/index.ts';
import { formatCount } from '../../kit/index.ts';
import { TAB_WIDTHS, setEditorOptions, toggleWrap, useEditorOptions } from './editor-options.ts';
import type { SessionState, TextSession } from './session.ts';

interface StatusLineProps {
  session: TextSession;
  path: string;
  readOnly: boolean;
  onSave: () => void;
  onFind: () => void;
  onLine: () => void;
}

/** Where the cursor is and how the text is written, and what can be done with it. */
export function StatusLine({ session, path, readOnly, onSave, onFind, onLine }: StatusLineProps): ReactElement {
  const state = useStore(session.store);
  const { wrap, tab } = useEditorOptions();
  return (
    <div className="status-line">
      <span className="status-told" role="status">{readOnly ? state.told || 'Read-only' : tellState(state, path)}</span>
      {state.writer !== null && <span className="status-writer">Line {state.line}: {state.writer}</span>}
      <button type="button" className="status-item" title="Go to line (Ctrl+G)" onClick={onLine}>Ln {formatCount(state.line)}, Col {formatCount(state.column)}</button>
      {(state.selected > 0 || state.cursors > 1) && <span className="status-fact">{state.cursors > 1 && `${state.cursors} cursors`}{state.cursors > 1 && state.selected > 0 && ', '}{state.selected > 0 && `${formatCount(state.selected)} selected`}</span>}
      <label className="status-tab">Tab <select aria-label="Tab width" value={tab} onChange={(event) => setEditorOptions({ tab: Number(event.target.value) })}>{TAB_WIDTHS.map((width) => <option key={width}>{width}</option>)}</select></label>
      <span className="status-fact wide" title={state.lineBreak === '\n' ? 'Lines end with a line feed' : 'Lines end with carriage return and line feed'}>{state.lineBreak === '\n' ? 'LF' : 'CRLF'}</span>
      {state.language !== null && <span className="status-fact wide">{state.language}</span>}
      <button type="button" className="icon-btn" aria-label="Wrap lines" title="Wrap lines (Alt+Z)" aria-pressed={wrap} onClick={toggleWrap}><WrapText size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Find" title="Find (Ctrl+F)" onClick={onFind}><Search size={14} aria-hidden="true" /></button>
      {!readOnly && (
        <>
          <button type="button" className="icon-btn" aria-label="Revert" title="Revert: drop what was typed since the file was read" disabled={!state.unsaved} onClick={() => session.revert()}><Undo2 size={14} aria-hidden="true" /></button>
          <button type="button" className="btn primary status-save" title="Save (Ctrl+S)" disabled={state.saving || (!state.unsaved && path !== POLICY)} onClick={onSave}><Save size={13} aria-hidden="true" />Save</button>
        </>
      )}
    </div>
  );
}

function tellState({ saving, unsaved, told }: SessionState, path: string): string {
  if (saving) return 'Saving…';
  if (told) return told;
  if (unsaved) return 'Not saved yet';
  return path === POLICY ? 'No changes; saving it puts it in force' : 'No changes';
}
