import { expect } from '../fixtures.ts';
import type { Page } from '@playwright/test';

/** Pixels of a picture's longer side. So small, letters are grey and how a machine draws them does not matter: what counts is where things are, and their colours. */
const LONGER = 200;

/** Compares how the page looks with the picture of that name, both made small. */
export async function expectPicture(page: Page, name: string): Promise<void> {
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
  expect(Buffer.from(small, 'base64')).toMatchSnapshot(`${name}.png`, { threshold: 0.15, maxDiffPixelRatio: 0.04 });
}
