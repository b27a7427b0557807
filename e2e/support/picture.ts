import { expect } from '../fixtures.ts';
import { test, type Page } from '@playwright/test';

/** Pixels of a picture's longer side. So small, letters are grey and how a machine draws them does not matter: what counts is where things are, and their colours. */
const LONGER = 200;

/** Widths in px of a line in the fonts of the page where the pictures were made (DejaVu Sans and DejaVu Sans Mono). */
const FONTS = { sans: 331.4, mono: 360 };

/** Compares how the page looks with the picture of that name, both made small. */
export async function expectPicture(page: Page, name: string): Promise<void> {
  const widths = await fontWidths(page);
  if (widths.sans !== FONTS.sans || widths.mono !== FONTS.mono) {
    test.info().annotations.push({ type: 'not compared', description: `${name}: the fonts are others (${JSON.stringify(widths)})` });
    return;
  }
  const shot = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const small = await page.evaluate(async ([base64, longer]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const whole = await createImageBitmap(new Blob([bytes]));
    const scale = longer / Math.max(whole.width, whole.height);
    const size = { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) };
    const bitmap = await createImageBitmap(whole, { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: 'high' });
    const canvas = new OffscreenCanvas(size.width, size.height);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    const png = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(''));
  }, [shot.toString('base64'), LONGER] as const);
  expect(Buffer.from(small, 'base64')).toMatchSnapshot(`${name}.png`, { threshold: 0.05, maxDiffPixelRatio: 0.015 });
}

/** With other fonts, lines are of other lengths: no picture would be the same. */
function fontWidths(page: Page): Promise<typeof FONTS> {
  return page.evaluate(() => {
    const context = new OffscreenCanvas(1, 1).getContext('2d')!;
    const style = getComputedStyle(document.documentElement);
    const width = (font: string): number => {
      context.font = `13px ${style.getPropertyValue(font)}`;
      return Math.round(context.measureText('Drop a .wasm anywhere, or type help 0123456789').width * 10) / 10;
    };
    return { sans: width('--sans'), mono: width('--mono') };
  });
}
