import '@xterm/xterm/css/xterm.css';
import type { Terminal } from '@xterm/xterm';

export { Terminal } from '@xterm/xterm';
export { FitAddon } from '@xterm/addon-fit';
export { SearchAddon } from '@xterm/addon-search';
export { WebLinksAddon } from '@xterm/addon-web-links';

/** Draws with WebGL where that works; the DOM renderer stays otherwise, and comes back when the context is lost. */
export async function addWebgl(term: Terminal): Promise<void> {
  if (!hasWebgl()) return;
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose());
    term.loadAddon(addon);
  } catch {
    // No usable WebGL: the terminal draws with the DOM.
  }
}

/** Asked before the addon is loaded. A context emulated in software is slower than the DOM. */
function hasWebgl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
