import type { Page } from '@playwright/test';

/** A file made in the page; `repeat` copies of `bytes` without the memory for them. */
export interface DroppedFile {
  name: string;
  bytes: Uint8Array;
  repeat?: number;
}

/** Makes the files in the page; `dropFiles` of none drops these. */
export async function makeFiles(page: Page, files: DroppedFile[]): Promise<void> {
  const plain = files.map(({ name, bytes, repeat = 1 }) => ({ name, text: Buffer.from(bytes).toString('latin1'), repeat }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const { name, text, repeat } of list) {
      const part = new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))]);
      transfer.items.add(new File(Array<Blob>(repeat).fill(part), name));
    }
    Object.assign(globalThis, { dropping: transfer });
  }, plain);
}

/** Drops files onto the page, as a hand does. */
export async function dropFiles(page: Page, files?: DroppedFile[]): Promise<void> {
  if (files) await makeFiles(page, files);
  await page.evaluate(() => {
    const { dropping } = globalThis as unknown as { dropping: DataTransfer };
    const send = (type: string) => document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: dropping }));
    for (const type of ['dragenter', 'dragover', 'drop']) send(type);
  });
}
