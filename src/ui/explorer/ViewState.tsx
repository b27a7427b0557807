import type { ReactElement } from 'react';
import { Eye, History, Layers } from 'lucide-react';
import { useStore } from 'zustand';
import { goToNow, showPane } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { plural, visibleName } from '../kit/index.ts';
import { TIMELINE, layerOf, type ExplorerState } from '../stores/index.ts';

/** Says in words what is shown, where that is not simply everything. */
export function ViewState(): ReactElement | null {
  const app = useApp();
  const point = useStore(app.explorer.store, (state) => state.point);
  const view = useStore(app.explorer.store, (state) => state.view);
  const process = useStore(app.explorer.store, (state) => state.process);
  const error = useStore(app.explorer.store, (state) => state.viewError);
  const more = useStore(app.explorer.store, (state) => state.viewMore);
  if (point !== null) return <PastBanner point={point} />;
  if (error !== null) return <p className="view-state" role="alert">It could not be read: {visibleName(error)}. <ShowAll /></p>;
  if (process) return <ProcessState process={process} />;
  const layer = layerOf(view);
  if (layer === null) return null;
  return (
    <p className="view-state" role="status">
      <Layers size={14} aria-hidden="true" />
      {layer === 'base' ? 'What is shipped, read-only.' : <>What layer <b>{visibleName(layer)}</b> adds, changes and deletes, read-only.</>}
      {more && ' There is more: the first 10 000 are shown.'} <ShowAll />
    </p>
  );
}

function ShowAll(): ReactElement {
  const app = useApp();
  return <button type="button" className="link" onClick={() => app.explorer.setView('merged')}>Show everything</button>;
}

/** Says that what is shown is over. */
function PastBanner({ point }: { point: number }): ReactElement {
  const app = useApp();
  return (
    <div className="past-banner" role="status">
      <History size={14} aria-hidden="true" />
      <p>You see the workspace {point === 0 ? 'before' : 'after'} <button type="button" className="link" title="Show it in the timeline" onClick={() => showPane(app, TIMELINE)}>{point === 0 ? 'all changes' : `entry ${point}`}</button><span className="hidden-text">, read-only</span></p>
      <button type="button" className="btn" onClick={() => goToNow(app)}>Back to now</button>
    </div>
  );
}

/** What the process was given, and what makes its namespace. */
function ProcessState({ process }: { process: NonNullable<ExplorerState['process']> }): ReactElement {
  const { name, pid, ended, overlay, directories, script } = process;
  const binds = script.filter((line) => line.startsWith('bind '));
  return (
    <div className="view-state process-state" role="status">
      <p><Eye size={14} aria-hidden="true" />{ended ? <>What <b>{visibleName(name)}</b> ({pid}) saw: it has ended.</> : <>As <b>{visibleName(name)}</b> ({pid}) sees it, read-only.</>} <ShowAll /></p>
      {overlay !== undefined && <p>It works in the session <b>{visibleName(overlay)}</b>.</p>}
      <details>
        <summary>{directories.length === 0 ? 'It was given no directory' : `It was given ${plural(directories.length, 'directory', 'directories')}`}, {plural(binds.length, 'bind')}</summary>
        <ul>
          {directories.map(({ name: given, path, rights, globs }) => (
            <li key={`${given} ${path}`}><code>{visibleName(given)}</code> is <code>{visibleName(path)}</code>: {globs ? globs.map((glob) => `${visibleName(glob.path)} (${glob.rights.join(', ')})`).join(', ') : rights.join(', ') || 'no rights'}</li>
          ))}
          {binds.map((line) => <li key={line}><code>{visibleName(line)}</code></li>)}
        </ul>
      </details>
    </div>
  );
}
