import { useEffect, useState, type ReactElement } from 'react';
import type { LearnedManifest, ManifestProblem } from '../../shared/abi/index.ts';
import { openPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Problems } from '../authority/index.ts';
import { TextDiff } from '../diff/index.ts';
import { Dialog, visibleName } from '../kit/index.ts';
import { showToast } from '../stores/index.ts';
import './learn.css';

/** The least manifest that a run needed, against what is there: to look at, to edit, to keep. */
export function LearnedSheet({ run, name }: { run: number; name: string }): ReactElement {
  const app = useApp();
  const close = (): void => app.overlay.setState({ learned: null });
  const learned = useLearned(run);
  return (
    <Dialog label={`What ${visibleName(name)} needed`} onClose={close} className="learned">
      <div className="dialog-head">
        <h2>What {visibleName(name)} needed</h2>
        <p className="sheet-line">The least manifest with which this run would have gone the same way. Another run may need more.</p>
      </div>
      {learned === null && <div className="dialog-content"><p role="status">Reading…</p></div>}
      {typeof learned === 'string' && <div className="dialog-content"><p className="note" role="alert">It cannot be read: {learned}</p></div>}
      {learned === null || typeof learned === 'string'
        ? <div className="dialog-bar"><button type="button" className="btn" onClick={close}>Close</button></div>
        : <Draft learned={learned} close={close} />}
    </Dialog>
  );
}

function useLearned(run: number): LearnedManifest | string | null {
  const app = useApp();
  const [learned, setLearned] = useState<LearnedManifest | string | null>(null);
  useEffect(() => {
    let gone = false;
    app.client.api.learned(run).catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then((next) => {
      if (!gone) setLearned(next);
    });
    return () => {
      gone = true;
    };
  }, [app, run]);
  return learned;
}

/** What is wrong with a manifest's text; looked at when it rests. */
function useProblems(text: string): readonly ManifestProblem[] {
  const app = useApp();
  const [problems, setProblems] = useState<readonly ManifestProblem[]>([]);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      app.client.api.checkManifest(text).then((result) => {
        if (!gone) setProblems(result.problems);
      }, () => undefined);
    }, 250);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [app, text]);
  return problems;
}

function Draft({ learned, close }: { learned: LearnedManifest; close: () => void }): ReactElement {
  const app = useApp();
  const [text, setText] = useState(learned.after);
  const [path, setPath] = useState(learned.path);
  const [editing, setEditing] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const problems = useProblems(text);
  const save = async (): Promise<void> => {
    try {
      await app.page.fs.writeFile(path, text);
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
      return;
    }
    close();
    showToast(app.messages, { level: 'success', title: `Kept as ${visibleName(path)}`, detail: 'The program beside it goes by it from its next start on; one that is kept nowhere, when both are dropped together.', actions: [{ label: 'Open', run: () => openPath(app, path) }] });
  };
  return (
    <>
      <div className="dialog-content learned-content">
        <div className="learned-bar">
          <label htmlFor="learned-path">Keep as</label><input id="learned-path" className="input mono" spellCheck={false} value={path} onChange={(event) => setPath(event.target.value)} />
          <div className="segments" role="group" aria-label="Show">
            <button type="button" aria-pressed={!editing} onClick={() => setEditing(false)}>Differences</button>
            <button type="button" aria-pressed={editing} onClick={() => setEditing(true)}>Edit</button>
          </div>
        </div>
        {editing
          ? <textarea className="input mono learned-text" aria-label="Manifest" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
          : <div className="learned-diff"><TextDiff before={learned.before ?? ''} after={text} unified label={visibleName(path)} /></div>}
        <Problems problems={problems} what="the manifest" />
        {failed !== null && <p className="note" role="alert">It could not be kept: {failed}</p>}
      </div>
      <div className="dialog-bar">
        <span className="grow" role="status">{learned.before === null ? 'There is no manifest yet' : text === learned.before ? 'Nothing differs from the one that is there' : 'Differs from the one that is there'}</span>
        <button type="button" className="btn" onClick={close}>Not now</button>
        <button type="button" className="btn primary" data-autofocus disabled={problems.length > 0 || !path.startsWith('/')} onClick={() => void save()}>Keep it</button>
      </div>
    </>
  );
}
