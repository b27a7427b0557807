import { useRef, useState, type ReactElement } from 'react';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useApp } from '../app/index.ts';
import type { TerminalSession } from './session.ts';

/** Finds text in the active terminal, scrollback included. */
export function SearchBar({ session }: { session: () => TerminalSession | undefined }): ReactElement {
  const app = useApp();
  const ref = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const find = (direction: 'next' | 'previous', incremental = false): void => {
    const text = ref.current?.value ?? '';
    setMissing(text !== '' && session()?.find(text, direction, incremental) === false);
  };
  const close = (): void => {
    app.overlay.setState({ terminalSearch: false });
    session()?.endFind();
  };
  return (
    <div className="terminal-search" role="search" aria-label="Search in the terminal">
      <input
        ref={ref} className="input" type="text" aria-label="Search in the terminal" placeholder="Search…" autoFocus spellCheck={false} aria-invalid={missing}
        onChange={() => find('next', true)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey ? 'previous' : 'next');
          if (event.key === 'Escape') close();
        }}
      />
      <span role="status" className="terminal-search-status">{missing ? 'not found' : ''}</span>
      <button type="button" className="icon-btn" aria-label="Previous match" onClick={() => find('previous')}><ArrowUp size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Next match" onClick={() => find('next')}><ArrowDown size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="End the search" onClick={close}><X size={14} aria-hidden="true" /></button>
    </div>
  );
}
