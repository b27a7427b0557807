import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { FileWarning } from 'lucide-react';
import type { TextSession } from './session.ts';

/** The file was changed while there are edits: what is to be done. */
export function ChangedBar({ session }: { session: TextSession }): ReactElement | null {
  const theirs = useStore(session.store, (state) => state.theirs);
  const comparing = useStore(session.store, (state) => state.comparing);
  if (!theirs) return null;
  return (
    <div className="changed-bar" role="alert">
      <FileWarning size={14} aria-hidden="true" />
      <p>{comparing ? 'What the file has now is marked red, what you have green' : `Changed by ${theirs.by ?? 'somebody else'} while you were editing`}</p>
      <button type="button" className="btn" onClick={() => session.reload()}>{comparing ? 'Take all of theirs' : 'Reload'}</button>
      <button type="button" className="btn" onClick={() => session.keepMine()}>{comparing ? 'Keep the rest of mine' : 'Keep mine'}</button>
      {!comparing && <button type="button" className="btn primary" onClick={() => session.compare()}>Compare</button>}
    </div>
  );
}
