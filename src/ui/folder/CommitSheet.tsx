import { useEffect, useEffectEvent, useState, type ReactElement } from 'react';
import type { FolderChoice, FolderCommitResult, FolderDiff } from '../../shared/abi/index.ts';
import { openPath, refreshFolder } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, plural } from '../kit/index.ts';
import { ChangeRows, type Choices } from './ChangeRows.tsx';
import { useWork } from './use-work.ts';
import { WorkLine } from './WorkLine.tsx';

/** Changes that are shown; a commit does all of them. */
const SHOWN_MAX = 500;

interface CommitSheetProps {
  name: string;
  resume: boolean;
  onClose: () => void;
}

/** The difference of the workspace and the folder, a choice for each conflict, and the commit. */
export function CommitSheet({ name, resume, onClose }: CommitSheetProps): ReactElement {
  const app = useApp();
  const work = useWork();
  const { start } = work;
  const [diff, setDiff] = useState<FolderDiff | null>(null);
  const [choices, setChoices] = useState<Choices>({});
  const [result, setResult] = useState<FolderCommitResult | null>(null);
  const compare = (): void => void start((how) => app.page.folders.diff(name, how)).then((found) => found && setDiff(found));
  // Not at once: what is begun twice in a row is refused, as one thing at a time works on a folder.
  const open = useEffectEvent(compare);
  useEffect(() => {
    const soon = setTimeout(() => open());
    return () => clearTimeout(soon);
  }, [name]);
  const commit = async (again: boolean): Promise<void> => {
    const done = await start((how) => app.page.folders.commit(name, { ...how, ...(again ? { resume: true } : { onConflict: chosen(choices) }) }));
    if (done) setResult(done);
  };
  const forget = async (): Promise<void> => {
    await app.page.folders.stop(name);
    onClose();
  };
  const refresh = async (): Promise<void> => {
    await refreshFolder(app, name);
    compare();
  };
  const changes = diff?.changes ?? [];
  const possible = changes.filter(({ path, conflict, problem }) => !problem && (!conflict || choices[path])).length;
  return (
    <Dialog label={`Commit to the folder ${name}`} onClose={onClose} className="folder-sheet">
      <div className="dialog-head"><h2>Commit /mnt/{name} to the folder</h2></div>
      <div className="dialog-content">
        {resume && !result && <p>A commit was interrupted. What it did is whole. <b>Go on</b> does the rest of it with the choices that were made; below is all that differs now.</p>}
        {result ? <Result result={result} /> : diff && <Difference diff={diff} choices={choices} onChoose={(path, choice) => setChoices((now) => ({ ...now, [path]: choice }))} onRefresh={() => void refresh()} onOpen={(path) => { onClose(); openPath(app, `/mnt/${name}/${path}`); }} busy={work.running} />}
        <WorkLine work={work} />
      </div>
      <div className="dialog-bar">
        {work.running ? <button type="button" className="btn" onClick={work.cancel}>Stop</button> : <button type="button" className="btn" data-autofocus onClick={onClose}>{result ? 'Close' : 'Cancel'}</button>}
        {resume && !result && <button type="button" className="btn" disabled={work.running} onClick={() => void forget()}>Forget it</button>}
        {resume && !result && <button type="button" className="btn primary" disabled={work.running} onClick={() => void commit(true)}>Go on</button>}
        {!resume && !result && <button type="button" className="btn primary" disabled={work.running || possible === 0} onClick={() => void commit(false)}>Commit {plural(possible, 'change', 'changes')}</button>}
      </div>
    </Dialog>
  );
}

function chosen(choices: Choices): Record<string, FolderChoice> {
  return Object.fromEntries(Object.entries(choices).flatMap(([path, choice]) => (choice ? [[path, choice] as const] : [])));
}

interface DifferenceProps {
  diff: FolderDiff;
  choices: Choices;
  onChoose: (path: string, choice: FolderChoice | undefined) => void;
  onRefresh: () => void;
  onOpen: (path: string) => void;
  busy: boolean;
}

function Difference({ diff: { changes, disk, more }, choices, onChoose, onRefresh, onOpen, busy }: DifferenceProps): ReactElement {
  const conflicts = changes.filter(({ conflict, problem }) => conflict && !problem);
  const news = disk.filter(({ conflict }) => !conflict);
  return (
    <>
      {news.length > 0 && <p>{plural(news.length, 'entry of the folder was', 'entries of the folder were')} changed by something else meanwhile. <button type="button" className="btn" disabled={busy} onClick={onRefresh}>Refresh</button></p>}
      {changes.length === 0 ? <p>Nothing to commit: the workspace changed nothing of the folder.</p> : (
        <>
          {conflicts.length > 1 && (
            <p className="folder-all">All {conflicts.length} conflicts: {(['mine', 'theirs', 'both'] as const).map((choice) => (
              <button key={choice} type="button" className="btn" disabled={busy} onClick={() => conflicts.forEach(({ path }) => onChoose(path, choice))}>{ALL[choice]}</button>
            ))}</p>
          )}
          <ChangeRows changes={changes.slice(0, SHOWN_MAX)} choices={choices} onChoose={onChoose} onOpen={onOpen} busy={busy} />
          {(changes.length > SHOWN_MAX || more) && <p>{more ? 'More than 10 000' : changes.length} changes in all; the first {SHOWN_MAX} are shown.</p>}
        </>
      )}
    </>
  );
}

const ALL = { mine: 'Mine', theirs: 'The folder’s', both: 'Keep both' } as const;

function Result({ result: { done, left, interrupted } }: { result: FolderCommitResult }): ReactElement {
  return (
    <>
      <p role="status">{interrupted ? `Interrupted after ${plural(done.length, 'change', 'changes')}: each of them is whole, the rest is still to do.` : `${plural(done.length, 'change is', 'changes are')} in the folder.`}</p>
      {left.length > 0 && <p>{plural(left.length, 'entry was', 'entries were')} left as {left.length === 1 ? 'it is' : 'they are'}:</p>}
      {left.length > 0 && <ChangeRows changes={left.slice(0, SHOWN_MAX)} />}
    </>
  );
}
