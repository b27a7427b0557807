import { useState, type FormEvent, type ReactElement } from 'react';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { HexSession } from './hex-session.ts';
import { NEEDLE_MAX, parseHex, parseOffset } from './search.ts';

interface HexBarProps {
  session: HexSession;
  what: 'find' | 'line';
  onClose: () => void;
}

/** Above the bytes: what to search for, or where to go. */
export function HexBar({ session, what, onClose }: HexBarProps): ReactElement {
  return (
    <div className="hex-bar" onKeyDown={(event) => { if (event.key === 'Escape') onClose(); }}>
      {what === 'find' ? <Find session={session} /> : <GoTo session={session} onClose={onClose} />}
      <button type="button" className="icon-btn" aria-label="Close" onClick={onClose}><X size={14} aria-hidden="true" /></button>
    </div>
  );
}

function Find({ session }: { session: HexSession }): ReactElement {
  const [kind, setKind] = useState<'bytes' | 'text'>('bytes');
  const [text, setText] = useState('');
  const searching = useStore(session.store, (state) => state.searching);
  const needle = kind === 'text' ? new TextEncoder().encode(text) : parseHex(text);
  const fault = text === '' ? null : !needle ? 'Two digits of hex for each byte' : needle.length > NEEDLE_MAX ? `At most ${NEEDLE_MAX} bytes` : null;
  const find = (backwards: boolean): void => {
    if (needle && needle.length > 0 && fault === null) void session.find(needle, backwards);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    find(false);
  };
  return (
    <form className="hex-form" onSubmit={onSubmit}>
      <div className="segments" role="group" aria-label="Search for">
        <button type="button" aria-pressed={kind === 'bytes'} onClick={() => setKind('bytes')}>Bytes</button>
        <button type="button" aria-pressed={kind === 'text'} onClick={() => setKind('text')}>Text</button>
      </div>
      <input className="input mono" aria-label={kind === 'bytes' ? 'Bytes to find' : 'Text to find'} placeholder={kind === 'bytes' ? '00 61 73 6d' : 'text, as UTF-8'} value={text} autoFocus spellCheck={false} aria-invalid={fault !== null} onChange={(event) => setText(event.target.value)} />
      <button type="submit" className="icon-btn" aria-label="Find next" title="Find next (Enter)"><ChevronDown size={15} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Find previous" title="Find previous" onClick={() => find(true)}><ChevronUp size={15} aria-hidden="true" /></button>
      {fault !== null && <span className="hex-fault">{fault}</span>}
      {searching !== null && (
        <>
          <progress aria-label="Searched" value={searching} max={1} />
          <button type="button" className="btn" onClick={() => session.stopSearch()}>Stop</button>
        </>
      )}
    </form>
  );
}

function GoTo({ session, onClose }: { session: HexSession; onClose: () => void }): ReactElement {
  const [text, setText] = useState('');
  const to = parseOffset(text, session.store.getState().cursor.at, session.size);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (to === null) return;
    session.place(to);
    onClose();
  };
  return (
    <form className="hex-form" onSubmit={onSubmit}>
      <label className="hex-go">Go to offset <input className="input mono" placeholder="0x1f0, 496, +16, 50%" value={text} autoFocus spellCheck={false} onChange={(event) => setText(event.target.value)} /></label>
      <button type="submit" className="btn" disabled={to === null}>Go{to !== null && ` to 0x${to.toString(16)}`}</button>
    </form>
  );
}
