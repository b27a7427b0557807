import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { LayerInfo, ProcessInfo } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import { layerOf, layerView, pidOf, processView, type App, type ExplorerView } from '../stores/index.ts';

/** What the explorer shows: everything, the changes, one layer, or what a process sees. */
export function ViewSwitch(): ReactElement {
  const app = useApp();
  const view = useStore(app.explorer.store, (state) => state.view);
  const processes = useStore(app.processes, (state) => state.list);
  const [layers, setLayers] = useState<readonly LayerInfo[]>([]);
  const refresh = (): void => void readLayers(app).then(setLayers);
  return (
    <select
      className="view-switch" aria-label="View" value={view} title="What is shown" onPointerEnter={refresh} onFocus={refresh}
      onChange={(event) => app.explorer.setView(event.target.value as ExplorerView)}
    >
      <option value="merged">Everything</option>
      <option value="changes">My changes</option>
      <optgroup label="One layer">
        {layerNames(layers, layerOf(view)).map((name) => <option key={name} value={layerView(name)}>Layer {visibleName(name)}</option>)}
      </optgroup>
      <optgroup label="As a process sees it">
        {shownProcesses(processes, pidOf(view)).map(({ pid, name, exit }) => <option key={pid} value={processView(pid)}>As {visibleName(name)} ({pid}) sees it{exit ? ', ended' : ''}</option>)}
      </optgroup>
    </select>
  );
}

/** What stands in the stack, the top first. What cannot be read is not offered. */
async function readLayers(app: App): Promise<readonly LayerInfo[]> {
  const layers = await app.client.api.layerList().catch(() => []);
  return layers.filter(({ kind }) => kind !== 'session' && kind !== 'branch' && kind !== 'folder').toReversed();
}

function layerNames(layers: readonly LayerInfo[], shown: string | null): string[] {
  const names = layers.length > 0 ? layers.map(({ name }) => name) : ['upper', 'base'];
  return shown === null || names.includes(shown) ? names : [shown, ...names];
}

/** Those that run, and the one that is shown, also when it has ended. */
function shownProcesses(list: readonly ProcessInfo[], shown: number | null): readonly Pick<ProcessInfo, 'pid' | 'name' | 'exit'>[] {
  const found = list.filter(({ pid, exit }) => !exit || pid === shown);
  return shown === null || found.some(({ pid }) => pid === shown) ? found : [...found, { pid: shown, name: 'process' }];
}
