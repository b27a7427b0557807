import { useRef, type ReactElement } from 'react';
import { Ellipsis, History, X } from 'lucide-react';
import { useStore } from 'zustand';
import { createEntry, goToNow, pickFiles, showPane, targetDirectory } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { plural } from '../kit/index.ts';
import { TIMELINE, type App } from '../stores/index.ts';
import { Tree } from './Tree.tsx';
import './explorer.css';

/** The namespace: views, filter, tree, and how much was changed. */
export function ExplorerPane(): ReactElement {
  const app = useApp();
  const view = useStore(app.explorer.store, (state) => state.view);
  const showDeleted = useStore(app.explorer.store, (state) => state.showDeleted);
  const point = useStore(app.explorer.store, (state) => state.point);
  const more = useRef<HTMLButtonElement>(null);
  return (
    <aside className="explorer" aria-label="Explorer">
      <div className="explorer-head">
        <h2>Namespace</h2>
        <button ref={more} type="button" className="icon-btn" disabled={point !== null} aria-label="Explorer actions" aria-haspopup="menu" onClick={() => openMenu(app, more.current, showDeleted)}>
          <Ellipsis size={16} aria-hidden="true" />
        </button>
      </div>
      {point === null
        ? (
          <div className="segments" role="group" aria-label="View">
            <button type="button" aria-pressed={view === 'merged'} onClick={() => app.explorer.setView('merged')}>Merged</button>
            <button type="button" aria-pressed={view === 'changes'} onClick={() => app.explorer.setView('changes')}>My changes</button>
          </div>
        )
        : <PastBanner point={point} />}
      <Filter />
      <Tree />
      {point === null && <Foot />}
    </aside>
  );
}

/** Says that what is shown is over. */
function PastBanner({ point }: { point: number }): ReactElement {
  const app = useApp();
  return (
    <div className="past-banner" role="status">
      <History size={14} aria-hidden="true" />
      <p>You see the workspace after <button type="button" className="link" title="Show it in the timeline" onClick={() => showPane(app, TIMELINE)}>entry {point}</button><span className="hidden-text">, read-only</span></p>
      <button type="button" className="btn" onClick={() => goToNow(app)}>Back to now</button>
    </div>
  );
}

function openMenu(app: App, anchor: HTMLElement | null, showDeleted: boolean): void {
  const box = anchor?.getBoundingClientRect();
  const directory = targetDirectory(app);
  app.overlay.setState({
    menu: {
      x: box?.left ?? 0, y: box?.bottom ?? 0, label: 'Explorer actions',
      items: [
        { label: 'New file', run: () => void createEntry(app, directory, 'file') },
        { label: 'New folder', run: () => void createEntry(app, directory, 'directory') },
        { label: 'Upload…', keys: 'Ctrl+O', run: () => pickFiles(app, directory) },
        { label: showDeleted ? 'Hide deleted entries' : 'Show deleted entries', separated: true, run: () => app.explorer.setShowDeleted(!showDeleted) },
      ],
    },
  });
}

function Filter(): ReactElement {
  const app = useApp();
  const filter = useStore(app.explorer.store, (state) => state.filter);
  return (
    <div className="filter">
      <input
        id="explorer-filter" className="input" type="text" placeholder="Filter…" aria-label="Filter" value={filter} spellCheck={false} autoComplete="off"
        onChange={(event) => app.explorer.setFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') app.explorer.setFilter('');
          else if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[role=tree] [tabindex="0"]')?.focus();
          else return;
          event.preventDefault();
        }}
      />
      {filter === ''
        ? <kbd aria-hidden="true">/</kbd>
        : <button type="button" className="icon-btn" aria-label="Clear the filter" onClick={() => app.explorer.setFilter('')}><X size={14} aria-hidden="true" /></button>}
    </div>
  );
}

function Foot(): ReactElement {
  const app = useApp();
  const changes = useStore(app.workspace, (state) => state.info?.changes ?? 0);
  const view = useStore(app.explorer.store, (state) => state.view);
  const error = useStore(app.explorer.store, (state) => state.changesError);
  return (
    <div className="explorer-foot">
      <span>{error && view === 'changes' ? `Could not read the changes: ${error}` : <>{plural(changes, 'change')} on <b>base</b></>}</span>
      {view === 'merged'
        ? <button type="button" className="link" onClick={() => app.explorer.setView('changes')}>Review</button>
        : <button type="button" className="link" onClick={() => app.explorer.setView('merged')}>Show all</button>}
    </div>
  );
}
