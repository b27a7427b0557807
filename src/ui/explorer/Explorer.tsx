import { useRef, type ReactElement } from 'react';
import { Ellipsis, ListChecks, Upload } from 'lucide-react';
import { useStore } from 'zustand';
import { createEntry, deleteEntries, downloadEntries, pasteInto, pickFiles, targetDirectory } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { plural } from '../kit/index.ts';
import { isEditable, type App } from '../stores/index.ts';
import { Filter } from './Filter.tsx';
import { rowActions } from './row-menu.ts';
import { Tree } from './Tree.tsx';
import { ViewState } from './ViewState.tsx';
import { ViewSwitch } from './ViewSwitch.tsx';
import './explorer.css';

/** The namespace: views, filter, tree, and how much was changed. */
export function ExplorerPane(): ReactElement {
  const app = useApp();
  const point = useStore(app.explorer.store, (state) => state.point);
  const more = useRef<HTMLButtonElement>(null);
  return (
    <aside className="explorer" aria-label="Explorer">
      <div className="explorer-head">
        <h2>Namespace</h2>
        {point === null && <ViewSwitch />}
        <button ref={more} type="button" className="icon-btn" aria-label="Explorer actions" aria-haspopup="menu" onClick={() => openMenu(app, more.current)}>
          <Ellipsis size={16} aria-hidden="true" />
        </button>
      </div>
      <ViewState />
      <Filter />
      <TouchBar />
      <Tree />
      <Foot />
    </aside>
  );
}

/** For fingers, which cannot drop a file, and have no Ctrl to choose several rows. */
function TouchBar(): ReactElement {
  const app = useApp();
  const selecting = useStore(app.explorer.store, (state) => state.selecting);
  return (
    <div className="explorer-touch">
      <button type="button" className="btn" onClick={() => pickFiles(app, targetDirectory(app))}><Upload size={16} strokeWidth={1.75} aria-hidden="true" />Open a .wasm or files…</button>
      <button type="button" className="btn" aria-pressed={selecting} onClick={() => app.explorer.setSelecting(!selecting)}><ListChecks size={16} strokeWidth={1.75} aria-hidden="true" />Select</button>
    </div>
  );
}

/** While several rows are chosen one by one: how many, what can be done with them, the end. */
function SelectFoot(): ReactElement {
  const app = useApp();
  const count = useStore(app.explorer.store, (state) => state.selected.size);
  const openActions = ({ currentTarget }: { currentTarget: HTMLElement }): void => {
    const [first] = app.explorer.chosen();
    const box = currentTarget.getBoundingClientRect();
    if (first) app.overlay.setState({ menu: { x: box.left, y: box.top, label: `Actions on ${plural(count, 'entry', 'entries')}`, items: rowActions(app, first) } });
  };
  return (
    <div className="explorer-foot select-foot">
      <span role="status">{plural(count, 'entry', 'entries')} chosen</span>
      <button type="button" className="btn" aria-haspopup="menu" disabled={count === 0} onClick={openActions}>Actions</button>
      <button type="button" className="btn" disabled={count === 0} onClick={() => { void deleteEntries(app, app.explorer.chosen()); app.explorer.setSelecting(false); }}>Delete</button>
      <button type="button" className="btn primary" onClick={() => app.explorer.setSelecting(false)}>Done</button>
    </div>
  );
}

function openMenu(app: App, anchor: HTMLElement | null): void {
  const box = anchor?.getBoundingClientRect();
  const state = app.explorer.store.getState();
  const directory = targetDirectory(app);
  const changes = isEditable(state) ? [
    { label: 'New file', run: () => void createEntry(app, directory, 'file') },
    { label: 'New folder', run: () => void createEntry(app, directory, 'directory') },
    { label: 'Upload…', keys: 'Ctrl+O', run: () => pickFiles(app, directory) },
    ...(state.clipboard ? [{ label: 'Paste', keys: 'Ctrl+V', run: () => void pasteInto(app, directory) }] : []),
  ] : [];
  app.overlay.setState({
    menu: {
      x: box?.left ?? 0, y: box?.bottom ?? 0, label: 'Explorer actions',
      items: [
        ...changes,
        { label: 'Select several…', separated: changes.length > 0, run: () => app.explorer.setSelecting(true) },
        { label: 'Choose all rows', keys: 'Ctrl+A', run: () => app.explorer.chooseAll() },
        { label: 'Download what is chosen', run: () => void downloadEntries(app, app.explorer.chosen()) },
        { label: 'Close all directories', run: () => app.explorer.closeAll() },
        { label: state.showDeleted ? 'Hide deleted entries' : 'Show deleted entries', separated: true, run: () => app.explorer.setShowDeleted(!state.showDeleted) },
      ],
    },
  });
}

function Foot(): ReactElement {
  const app = useApp();
  const changes = useStore(app.workspace, (state) => state.info?.changes ?? 0);
  const view = useStore(app.explorer.store, (state) => state.view);
  const point = useStore(app.explorer.store, (state) => state.point);
  const chosen = useStore(app.explorer.store, (state) => state.selected.size);
  const selecting = useStore(app.explorer.store, (state) => state.selecting);
  if (selecting) return <SelectFoot />;
  return (
    <div className="explorer-foot">
      <span role="status">{chosen > 1 ? `${plural(chosen, 'entry', 'entries')} chosen` : changes === 0 ? 'As it was shipped' : plural(changes, 'change')}</span>
      {point === null && (view === 'merged'
        ? <button type="button" className="link" onClick={() => app.explorer.setView('changes')}>Review</button>
        : <button type="button" className="link" onClick={() => app.explorer.setView('merged')}>Show all</button>)}
    </div>
  );
}
