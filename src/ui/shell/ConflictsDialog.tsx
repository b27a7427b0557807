import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { MergeConflict } from '../../shared/abi/index.ts';
import { openPath, showHistoryOf } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, plural, visibleName } from '../kit/index.ts';
import type { Conflicts, Resolution } from '../stores/index.ts';

const CHOICES: { value: Resolution; label: string }[] = [
  { value: 'mine', label: 'Keep mine' }, { value: 'theirs', label: 'Take theirs' }, { value: 'both', label: 'Keep both' },
];

const REASONS: Record<MergeConflict['reason'], string> = {
  'changed-later': 'changed later', 'deleted-later': 'deleted later', exists: 'in the way', 'not-empty': 'not empty', 'moved-later': 'moved later',
  'no-parent': 'its folder is gone', 'changed-below': 'changed below',
};

/** What an undo, a restore or a merge left as it is, because it was changed later: each is decided, or left. */
export function ConflictsDialog(): ReactElement | null {
  const app = useApp();
  const conflicts = useStore(app.overlay, (state) => state.conflicts);
  return conflicts && <List key={conflicts.list.map(({ path }) => path).join('\n')} conflicts={conflicts} />;
}

function List({ conflicts }: { conflicts: Conflicts }): ReactElement {
  const app = useApp();
  const { title, list, resolve, settled } = conflicts;
  const [chosen, setChosen] = useState<ReadonlyMap<string, Resolution>>(() => new Map());
  const close = (): void => app.overlay.setState({ conflicts: null });
  const choiceOf = (path: string): Resolution => chosen.get(path) ?? 'mine';
  const decided = list.filter(({ path }) => choiceOf(path) !== 'mine').length;
  const apply = async (): Promise<void> => {
    close();
    for (const choice of ['theirs', 'both'] as const) {
      const paths = list.map(({ path }) => path).filter((path) => choiceOf(path) === choice);
      if (paths.length > 0) await resolve(choice, paths);
    }
    // What could not be done either has opened the list anew.
    if (!app.overlay.getState().conflicts) await settled?.();
  };
  return (
    <Dialog label={`Conflicts: ${title}`} onClose={close} className="conflicts">
      <div className="dialog-head">
        <h2>{title}: {plural(list.length, 'conflict')}</h2>
        <p>These were changed later, so they were left as they are. “Mine” is what is there now, “theirs” what it would become; both puts theirs beside it as <code>name.theirs</code>.</p>
      </div>
      <div className="dialog-content">
        <ul className="conflict-list">
          {list.map(({ path, reason, detail }) => (
            <li key={path}>
              <div className="conflict-what">
                <button type="button" className="link mono" onClick={() => { close(); openPath(app, path); }}>{visibleName(path)}</button>
                <span className="conflict-reason">{REASONS[reason]}</span>
                <p>{detail} <button type="button" className="link" aria-label={`History of ${visibleName(path)}`} onClick={() => { close(); showHistoryOf(app, path); }}>History</button></p>
              </div>
              <div className="segments" role="radiogroup" aria-label={`What becomes of ${visibleName(path)}`}>
                {CHOICES.map(({ value, label }) => (
                  <label key={value} className={choiceOf(path) === value ? 'on' : ''}>
                    <input type="radio" name={`conflict ${path}`} value={value} checked={choiceOf(path) === value} onChange={() => setChosen(new Map(chosen).set(path, value))} />{label}
                  </label>
                ))}
              </div>
            </li>
          ))}
        </ul>
      </div>
      <div className="dialog-bar">
        {list.length > 1 && <span className="grow">All: {CHOICES.map(({ value, label }) => <button key={value} type="button" className="link" onClick={() => setChosen(new Map(list.map(({ path }) => [path, value])))}>{label}</button>)}</span>}
        <button type="button" className="btn" data-autofocus onClick={close}>Leave all as they are</button>
        <button type="button" className="btn primary" disabled={decided === 0} onClick={() => void apply()}>{decided === 0 ? 'Apply' : `Apply to ${plural(decided, 'path')}`}</button>
      </div>
    </Dialog>
  );
}
