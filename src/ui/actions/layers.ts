import { plural, visibleName } from '../kit/index.ts';
import { showToast, type App } from '../stores/index.ts';
import { attempt, perform } from './history.ts';

/** Freezes what was changed as a layer of its own; nothing that is seen changes. */
export function pushLayer(app: App, name: string): Promise<boolean> {
  return attempt(app, `Could not push the layer ${name}`, async () => {
    const layer = await app.client.api.layerPush(name);
    showToast(app.messages, { level: 'success', title: `Layer ${layer.name}`, detail: `It holds what was changed so far: ${plural(layer.entries, 'name')} and ${plural(layer.whiteouts, 'deletion')}. A new, empty upper layer is on top.` });
  });
}

/** Merges what was changed into the layer below; nothing that is seen changes. */
export function commitLayer(app: App): Promise<boolean> {
  return attempt(app, 'Could not commit the upper layer', async () => {
    const layer = await app.client.api.layerCommit();
    showToast(app.messages, { level: 'success', title: `Committed to ${layer.name}`, detail: 'The layer below holds now what was changed; the upper layer is empty.' });
  });
}

export function renameLayer(app: App, name: string, to: string): Promise<boolean> {
  return attempt(app, `Could not rename the layer ${name}`, () => app.client.api.layerRename(name, to));
}

/** Throws away what was changed since the layers below; it can be undone. */
export function discardUpper(app: App): Promise<unknown> {
  return perform(app, { title: 'Discard of the upper layer', back: 'Undo', call: (options) => app.client.api.layerDiscard(options) });
}

export function removeLayer(app: App, name: string): Promise<unknown> {
  return perform(app, { title: `Removal of the layer ${name}`, back: 'Undo', call: (options) => app.client.api.layerRemove(name, options) });
}

/** Puts the layers into another order: names from the bottom to the top. */
export function reorderLayers(app: App, names: string[]): Promise<unknown> {
  return perform(app, { title: 'New order of the layers', back: 'Undo', call: (options) => app.client.api.layerRebase(names, options) });
}

/** Merges a session or a branch into the workspace; yields whether nothing was left over. */
export async function mergeLayer(app: App, name: string): Promise<boolean> {
  const result = await perform(app, {
    title: `Merge of ${visibleName(name)}`, back: 'Undo', call: (options) => app.client.api.layerMerge(name, options),
    // What of it is wanted is in the workspace.
    settled: async () => {
      await dropLayer(app, name);
      app.overlay.setState(({ runCard }) => (runCard?.session === name ? { runCard: null } : {}));
    },
  });
  return result !== null && result.conflicts.length === 0;
}

/** Keeps a session as a branch. */
export function keepSession(app: App, session: string, name: string): Promise<boolean> {
  return attempt(app, `Could not keep ${session} as ${name}`, async () => {
    const kept = await app.client.api.layerKeep(session, name);
    showToast(app.messages, { level: 'success', title: `Branch ${kept.name}`, detail: `What the program changed is at /branch/${kept.name}.` });
  });
}

/** Throws a session or a branch away; what it changed was never in the workspace. */
export function dropLayer(app: App, name: string): Promise<boolean> {
  return attempt(app, `Could not throw ${name} away`, async () => {
    await app.client.api.layerDrop(name);
    showToast(app.messages, { level: 'info', title: `Threw ${name} away`, detail: 'The workspace is as it was.' });
  });
}
