import { useState, type ReactElement } from 'react';
import { ArrowDown, ArrowUp, FolderOpen, GitBranch, HardDrive, Layers2, Lock, PackageOpen, PencilLine } from 'lucide-react';
import type { LayerInfo } from '../../shared/abi/index.ts';
import { commitLayer, discardUpper, dropLayer, exportArchive, keepSession, mergeLayer, openCommit, pushLayer, refreshFolder, removeLayer, renameLayer, reorderLayers, showDiff, showInExplorer, unmountFolder } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { NameForm, formatMoment, plural, visibleName } from '../kit/index.ts';
import { KINDS, countsOf, movedOrder, stackOf } from './stack.ts';
import { useLayers } from './use-layers.ts';
import './layers.css';

/** The layers that the workspace is made of, from the top to the bottom; sessions and branches beside them. */
export function LayersPane(): ReactElement {
  const { layers, reload } = useLayers();
  if (layers === null) return <div className="empty" role="status">Reading…</div>;
  if (typeof layers === 'string') {
    return (
      <div className="empty" role="alert">
        <p>The layers cannot be read: {layers}</p>
        <button type="button" className="btn" onClick={reload}>Try again</button>
      </div>
    );
  }
  const { stack, beside } = stackOf(layers);
  return (
    <section className="layers" aria-label="Layers">
      <h2>Layers</h2>
      <p className="layers-about">What you see is these, one over the other. Each holds what it changes of those below it.</p>
      <ol aria-label="Layers from the top to the bottom">{stack.map((layer) => <StackRow key={layer.id} layer={layer} stack={stack} onDone={reload} />)}</ol>
      <h2>Beside the workspace</h2>
      {beside.length === 0
        ? <p className="layers-about">Nothing. Run a program with “Try it first”, or make a branch in the timeline: what is changed there stays apart until you merge it.</p>
        : <ol aria-label="Sessions, branches and folders">{beside.map((layer) => (layer.kind === 'folder' ? <FolderRow key={layer.id} layer={layer} onDone={reload} /> : <BesideRow key={layer.id} layer={layer} onDone={reload} />))}</ol>}
    </section>
  );
}

const ICONS: Record<LayerInfo['kind'], typeof Lock> = { base: HardDrive, frozen: Lock, imported: PackageOpen, folder: FolderOpen, upper: PencilLine, session: Layers2, branch: GitBranch };

function Facts({ layer }: { layer: LayerInfo }): ReactElement {
  const Icon = ICONS[layer.kind];
  const kind = KINDS[layer.kind];
  return (
    <div className="layer-facts">
      <Icon size={16} aria-hidden="true" />
      <b className="mono">{visibleName(layer.name)}</b>
      {kind.text !== layer.name && <span className={`layer-kind kind-${layer.kind}`} title={kind.about}>{kind.text}</span>}
      <span className="layer-note">
        {layer.kind === 'base' ? kind.about : countsOf(layer)}
        {layer.created > 0 && ` · ${formatMoment(layer.created)}`}
        {layer.at !== undefined && ` · from entry ${layer.at}`}
        {layer.pid !== undefined && ` · process ${layer.pid} runs in it`}
      </span>
    </div>
  );
}

interface RowProps {
  layer: LayerInfo;
  onDone: () => void;
}

function StackRow({ layer, stack, onDone }: RowProps & { stack: readonly LayerInfo[] }): ReactElement {
  const { kind } = layer;
  return (
    <li className={`layer kind-${kind}`} aria-label={`${layer.name}, ${KINDS[kind].text}`}>
      <Facts layer={layer} />
      {kind === 'upper' && <UpperActions layer={layer} stack={stack} onDone={onDone} />}
      {(kind === 'frozen' || kind === 'imported') && <FrozenActions layer={layer} stack={stack} onDone={onDone} />}
    </li>
  );
}

function UpperActions({ layer, stack, onDone }: RowProps & { stack: readonly LayerInfo[] }): ReactElement {
  const app = useApp();
  const [naming, setNaming] = useState(false);
  const below = stack[stack.indexOf(layer) + 1];
  const empty = layer.entries + layer.whiteouts === 0;
  const then = (work: Promise<unknown>): void => void work.then(onDone);
  if (naming) {
    return <NameForm label="Name of the layer" action="Push" onClose={() => setNaming(false)} onName={async (name) => {
      const done = await pushLayer(app, name);
      onDone();
      return done;
    }} />;
  }
  return (
    <div className="layer-actions">
      <button type="button" className="btn" disabled={empty} onClick={() => showDiff(app, { kind: 'layer', layer: layer.name })}>View changes</button>
      <button type="button" className="btn" disabled={empty} title="Freezes it as a layer with a name; a new one is on top then" onClick={() => setNaming(true)}>Push…</button>
      {below?.kind === 'frozen' && <button type="button" className="btn" disabled={empty} title={`Merges it into ${below.name}`} onClick={() => then(commitLayer(app))}>Commit to {visibleName(below.name)}</button>}
      <button type="button" className="btn" disabled={empty} aria-label={`Export ${layer.name}`} title="As a .tar.gz" onClick={() => void exportArchive(app, { what: { layer: layer.name } }, `${layer.name}.tar.gz`)}>Export</button>
      <button type="button" className="btn danger" disabled={empty} title="Takes everything in it back; this can be undone" onClick={() => then(discardUpper(app))}>Discard</button>
    </div>
  );
}

function FrozenActions({ layer, stack, onDone }: RowProps & { stack: readonly LayerInfo[] }): ReactElement {
  const app = useApp();
  const [naming, setNaming] = useState(false);
  const then = (work: Promise<unknown>): void => void work.then(onDone);
  const move = (direction: 'up' | 'down') => {
    const order = movedOrder(stack, layer.name, direction);
    const Icon = direction === 'up' ? ArrowUp : ArrowDown;
    return (
      <button type="button" className="icon-btn" aria-label={`Move ${layer.name} ${direction}`} title={`Move ${direction}`} disabled={order === null} onClick={() => { if (order) then(reorderLayers(app, order)); }}>
        <Icon size={14} aria-hidden="true" />
      </button>
    );
  };
  if (naming) {
    return <NameForm label="New name of the layer" action="Rename" initial={layer.name} onClose={() => setNaming(false)} onName={async (name) => {
      const done = await renameLayer(app, layer.name, name);
      onDone();
      return done;
    }} />;
  }
  return (
    <div className="layer-actions">
      <button type="button" className="btn" aria-label={`View changes of ${layer.name}`} onClick={() => showDiff(app, { kind: 'layer', layer: layer.name })}>View changes</button>
      <button type="button" className="btn" aria-label={`Rename ${layer.name}`} onClick={() => setNaming(true)}>Rename…</button>
      <button type="button" className="btn" aria-label={`Export ${layer.name}`} title="As a .tar.gz" onClick={() => void exportArchive(app, { what: { layer: layer.name } }, `${layer.name}.tar.gz`)}>Export</button>
      {move('up')}{move('down')}
      <button type="button" className="btn danger" aria-label={`Remove ${layer.name}`} title="Takes it out of the stack; this can be undone" onClick={() => then(removeLayer(app, layer.name))}>Remove</button>
    </div>
  );
}

function FolderRow({ layer, onDone }: RowProps): ReactElement {
  const app = useApp();
  const { name } = layer;
  return (
    <li className="layer kind-folder" aria-label={`${name}, ${KINDS.folder.text}, ${plural(layer.entries, 'name')}`}>
      <Facts layer={layer} />
      <div className="layer-actions">
        <button type="button" className="btn" aria-label={`Show ${name} in the explorer`} onClick={() => void app.explorer.reveal(`/mnt/${name}`)}>Show files</button>
        <button type="button" className="btn" aria-label={`Refresh from the folder ${name}`} onClick={() => void refreshFolder(app, name)}>Refresh</button>
        <button type="button" className="btn primary" aria-label={`Commit to the folder ${name}`} onClick={() => openCommit(app, name)}>Commit…</button>
        <button type="button" className="btn" aria-label={`Unmount ${name}`} onClick={() => void unmountFolder(app, name).then(onDone)}>Unmount</button>
      </div>
    </li>
  );
}

function BesideRow({ layer, onDone }: RowProps): ReactElement {
  const app = useApp();
  const [naming, setNaming] = useState(false);
  const then = (work: Promise<unknown>): void => void work.then(onDone);
  const { name, kind } = layer;
  const busy = layer.pid !== undefined;
  return (
    <li className={`layer kind-${kind}`} aria-label={`${name}, ${KINDS[kind].text}, ${plural(layer.entries, 'name')}`}>
      <Facts layer={layer} />
      {naming
        ? <NameForm label="Name of the branch" action="Keep" onClose={() => setNaming(false)} onName={async (to) => {
          const done = await keepSession(app, name, to);
          onDone();
          return done;
        }} />
        : (
          <div className="layer-actions">
            <button type="button" className="btn" aria-label={`View changes of ${name}`} onClick={() => showDiff(app, { kind: 'layer', layer: name })}>View changes</button>
            {kind === 'branch' && <button type="button" className="btn" aria-label={`Show ${name} in the explorer`} onClick={() => showInExplorer(app, `/branch/${name}`)}>Show files</button>}
            {kind === 'session' && <button type="button" className="btn" aria-label={`Keep ${name} as a branch`} disabled={busy} onClick={() => setNaming(true)}>Keep…</button>}
            <button type="button" className="btn" aria-label={`Merge ${name}`} disabled={busy} onClick={() => then(mergeLayer(app, name))}>Merge</button>
            <button type="button" className="btn danger" aria-label={`Throw ${name} away`} disabled={busy} onClick={() => then(dropLayer(app, name))}>Throw away</button>
          </div>
        )}
    </li>
  );
}
