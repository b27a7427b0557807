import { saveBlob } from '../actions/index.ts';
import { showError, showToast, type App } from '../stores/index.ts';
import { litOf } from './lit.ts';
import { mapModelOf } from './map-model.ts';
import { PALETTE, toSvg, type Palette } from './svg.ts';

/** Pixels of the longer side of a picture, at most. */
const PIXELS_MAX = 8192;

/** Saves the map as it is now, as a file; it need not be shown. Never rejects. */
export async function exportMap(app: App, as: 'svg' | 'png'): Promise<void> {
  try {
    const model = mapModelOf(app);
    if (!model.store.getState().snapshot) await model.refresh();
    const { graph, places, error } = model.store.getState();
    if (graph.nodes.length === 0) throw new Error(error ?? 'there is nothing to show yet');
    const name = `palimpsest-map-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`;
    const common = { graph, places, flow: model.flow, lit: litOf(model.store.getState()), title: `Palimpsest: ${app.workspace.getState().info?.name ?? 'workspace'}` };
    const palettes = readPalettes();
    if (as === 'svg') saveBlob(new Blob([toSvg({ ...common, palettes })], { type: 'image/svg+xml' }), `${name}.svg`);
    else saveBlob(await rasterize(toSvg({ ...common, palettes: palettes[app.theme.getState().shown] })), `${name}.png`);
    showToast(app.messages, { level: 'success', title: `Saved ${name}.${as}` });
  } catch (error) {
    showError(app.messages, 'Could not save the map', error);
  }
}

/** The tokens of both themes, whichever is shown. */
export function readPalettes(): { night: Palette; day: Palette } {
  const found = { night: {} as Record<string, string>, day: {} as Record<string, string> };
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSStyleRule)) continue;
      const theme = rule.selectorText === ':root' ? 'night' : /^\[data-theme=["']?day["']?\]$/.test(rule.selectorText) ? 'day' : null;
      if (theme) for (const name of PALETTE) if (rule.style.getPropertyValue(`--${name}`)) found[theme][name] = rule.style.getPropertyValue(`--${name}`).trim();
    }
  }
  return { night: found.night, day: { ...found.night, ...found.day } };
}

/** Twice as fine as on the screen. */
async function rasterize(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(2, PIXELS_MAX / Math.max(image.width, image.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!blob) throw new Error('the picture is too large');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
