import type { MenuEntry } from '../kit/index.ts';
import { copyText, endProcess, openPath, showDiff, showInExplorer, showPane } from '../actions/index.ts';
import { BUS, GRANTS, LAYERS, PROCESSES, type App } from '../stores/index.ts';
import type { GraphNode } from './graph.ts';
import type { MapModel } from './map-model.ts';

/** What can be done with a node; the first one is what Enter and a double click do. */
export function actionsOf(app: App, model: MapModel, node: GraphNode): MenuEntry[] {
  const reach: MenuEntry = { label: reachText(node), run: () => { model.select(node.id); model.setReaching(true); } };
  const { pid, path, name } = node;
  switch (node.kind) {
    case 'you': return [{ label: 'Show processes', run: () => showPane(app, PROCESSES) }];
    case 'process': return [
      { label: 'Show in Processes', run: () => showPane(app, PROCESSES) },
      ...(node.faded ? [] : [reach]),
      { label: 'Show its grants', run: () => showPane(app, GRANTS) },
      ...(node.faded ? [] : [{ label: 'End it', danger: true, separated: true, run: () => void endProcess(app, pid!, 'TERM') }]),
    ];
    case 'mount':
    case 'place':
    case 'folder': return [
      { label: 'Show in the explorer', run: () => showInExplorer(app, path!) },
      reach,
      { label: 'Copy the path', run: () => void copyText(app, path!, 'the path') },
    ];
    case 'layer': return [
      { label: 'Show layers', run: () => showPane(app, LAYERS) },
      ...(node.title === 'layer: base' ? [] : [{ label: 'View its changes', run: () => showDiff(app, { kind: 'layer', layer: name! }) }]),
      reach,
    ];
    case 'line': return [{ label: 'Show layers', run: () => showPane(app, LAYERS) }, { label: 'View its changes', run: () => showDiff(app, { kind: 'layer', layer: name! }) }, reach];
    case 'subject': return [{ label: 'Show its messages', run: () => void showMessages(app, name!) }, reach, { label: 'Copy the subject', run: () => void copyText(app, name!, 'the subject') }];
    case 'port': return [{ label: 'Show processes', run: () => showPane(app, PROCESSES) }, reach];
    case 'host': return [{ label: 'Show grants', run: () => showPane(app, GRANTS) }, reach];
    case 'service': return [{ label: 'Show in the explorer', run: () => void openPath(app, '/') }, reach];
    default: return [{ label: 'Fold or unfold', run: () => model.toggle(node.cluster!) }];
  }
}

export const reachText = ({ kind }: GraphNode): string => (kind === 'process' ? 'What can this touch?' : 'Who can touch this?');

async function showMessages(app: App, pattern: string): Promise<void> {
  const { busLogOf } = await import('../bus/index.ts');
  busLogOf(app).setPattern(pattern);
  showPane(app, BUS);
}
