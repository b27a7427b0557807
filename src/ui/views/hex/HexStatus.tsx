import type { ReactElement } from 'react';
import { Binary, Redo2, Save, Search, Undo2 } from 'lucide-react';
import { useStore } from 'zustand';
import { formatCount, plural } from '../../kit/index.ts';
import { selectionOf } from './cursor.ts';
import type { HexSession } from './hex-session.ts';

interface HexStatusProps {
  session: HexSession;
  readOnly: boolean;
  inspecting: boolean;
  onSave: () => void;
  onFind: () => void;
  onGo: () => void;
  onInspect: () => void;
}

export function HexStatus({ session, readOnly, inspecting, onSave, onFind, onGo, onInspect }: HexStatusProps): ReactElement {
  const { cursor, pending, canUndo, canRedo, saving, told } = useStore(session.store);
  const { from, to } = selectionOf(cursor);
  const state = saving ? 'Saving…' : told || (pending > 0 ? `${plural(pending, 'byte')} changed, not saved yet` : readOnly ? 'Read-only' : 'No changes');
  return (
    <div className="status-line">
      <span className="status-told" role="status">{state}</span>
      <button type="button" className="status-item mono" title="Go to offset (Ctrl+G)" onClick={onGo}>0x{cursor.at.toString(16)} · {formatCount(cursor.at)}</button>
      {to - from > 1 && <span className="status-fact">{plural(to - from, 'byte')} selected</span>}
      <span className="status-fact wide">{cursor.column === 'hex' ? 'Typing bytes · T for text' : 'Typing text · Esc for bytes'}</span>
      <button type="button" className="icon-btn" aria-label="Data inspector" title="Data inspector" aria-pressed={inspecting} onClick={onInspect}><Binary size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Find" title="Find (Ctrl+F)" onClick={onFind}><Search size={14} aria-hidden="true" /></button>
      {!readOnly && (
        <>
          <button type="button" className="icon-btn" aria-label="Undo" title="Undo (Ctrl+Z)" disabled={!canUndo} onClick={() => session.undo()}><Undo2 size={14} aria-hidden="true" /></button>
          <button type="button" className="icon-btn" aria-label="Redo" title="Redo (Ctrl+Y)" disabled={!canRedo} onClick={() => session.redo()}><Redo2 size={14} aria-hidden="true" /></button>
          <button type="button" className="btn primary status-save" title="Save (Ctrl+S)" disabled={saving || pending === 0} onClick={onSave}><Save size={13} aria-hidden="true" />Save</button>
        </>
      )}
    </div>
  );
}
