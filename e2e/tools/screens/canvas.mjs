// @ts-check
/**
 * Draws the frames of the picture that moves, in a page of its own: what the window showed, a pointer over it, what the hand
 * carries, and below it a band that says which of the steps this is and what happens.
 */

/** @typedef {import('playwright').Page} Page */
/** @typedef {import('./webp.mjs').Area} Area */
/**
 * @typedef {object} Scene
 * @property {{ x: number, y: number }} pointer
 * @property {boolean} pressed
 * @property {string} carried name of the file in the hand, `''`: none
 * @property {readonly string[]} steps
 * @property {number} step
 * @property {string} caption
 * @property {string} key that was pressed, `''`: none
 * @property {number} band height of it
 */

/** @param {Page} page */
export function createCanvas(page) {
  return {
    /** What the window shows from now on. @param {Buffer} png */
    async show(png) {
      await page.evaluate(take, png.toString('base64'));
    },
    /**
     * What differs from the frame before; null where nothing does. The first is all of it.
     * @param {Scene} scene
     * @returns {Promise<{ area: Area, webp: Buffer } | null>}
     */
    async frame(scene) {
      const found = await page.evaluate(draw, scene);
      return found && { area: found.area, webp: Buffer.from(found.webp, 'base64') };
    },
  };
}

/** In the page. @param {string} png */
async function take(png) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  Object.assign(globalThis, { shown: bitmap });
}

/**
 * In the page; the area has even corners, as the container wants them.
 * @param {Scene} scene
 * @returns {Promise<{ area: Area, webp: string } | null>}
 */
async function draw({ pointer, pressed, carried, steps, step, caption, key, band }) {
  const kept = /** @type {{ shown: ImageBitmap, before?: ImageData }} */ (/** @type {unknown} */ (globalThis));
  const { width } = kept.shown;
  const height = kept.shown.height + band;
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  const sans = 'system-ui, "DejaVu Sans", sans-serif';

  /** @param {number} x @param {number} y @param {number} wide @param {number} high @param {number} radius @param {string} fill @param {string} [line] */
  const box = (x, y, wide, high, radius, fill, line) => {
    context.beginPath();
    context.roundRect(x, y, wide, high, radius);
    context.fillStyle = fill;
    context.fill();
    if (line === undefined) return;
    context.strokeStyle = line;
    context.lineWidth = 1;
    context.stroke();
  };
  /** @param {string} words @param {number} x @param {number} y @param {string} colour @param {string} font */
  const write = (words, x, y, colour, font) => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(words, x, y);
    return context.measureText(words).width;
  };

  const drawBand = () => {
    const top = kept.shown.height;
    box(0, top, width, band, 0, '#0f0f17');
    context.textBaseline = 'middle';
    let x = 16;
    for (const [at, name] of steps.entries()) {
      const isNow = at === step;
      context.font = `600 14px ${sans}`;
      const wide = context.measureText(name).width + 44;
      box(x, top + 8, wide, band - 16, 12, isNow ? '#7aa2f7' : '#24283b');
      write(String(at + 1), x + 14, top + band / 2 + 1, isNow ? '#0f0f17' : '#9aa5ce', `600 13px ${sans}`);
      write(name, x + 30, top + band / 2 + 1, isNow ? '#0f0f17' : '#9aa5ce', `600 14px ${sans}`);
      x += wide + 8;
    }
    x += 8;
    if (key) {
      context.font = '600 13px "DejaVu Sans Mono", monospace';
      const wide = context.measureText(key).width + 18;
      box(x, top + 9, wide, band - 18, 5, '#24283b', '#565f89');
      write(key, x + 9, top + band / 2 + 1, '#c0caf5', '600 13px "DejaVu Sans Mono", monospace');
      x += wide + 10;
    }
    write(caption, x, top + band / 2 + 1, '#c0caf5', `15px ${sans}`);
  };

  const drawPointer = () => {
    const { x, y } = pointer;
    if (carried) {
      context.font = '13px "DejaVu Sans Mono", monospace';
      box(x + 14, y + 16, context.measureText(carried).width + 44, 30, 6, '#24283bf2', '#7aa2f7');
      box(x + 23, y + 23, 12, 16, 2, '#7dcfff');
      context.textBaseline = 'middle';
      write(carried, x + 44, y + 32, '#c0caf5', '13px "DejaVu Sans Mono", monospace');
    }
    if (pressed) {
      context.beginPath();
      context.arc(x, y, 15, 0, 2 * Math.PI);
      context.fillStyle = '#e0af6855';
      context.fill();
      context.strokeStyle = '#e0af68';
      context.lineWidth = 2;
      context.stroke();
    }
    context.beginPath();
    for (const [dx, dy] of [[0, 0], [0, 20], [4.6, 15.6], [7.8, 22.8], [11, 21.4], [7.8, 14.4], [14.2, 14.2]]) context.lineTo(x + Number(dx), y + Number(dy));
    context.closePath();
    context.fillStyle = '#ffffff';
    context.fill();
    context.strokeStyle = '#000000';
    context.lineWidth = 1.4;
    context.stroke();
  };

  /** @param {ImageData} now @param {ImageData} before @returns {Area | null} */
  const changed = (now, before) => {
    const [one, other] = [new Uint32Array(now.data.buffer), new Uint32Array(before.data.buffer)];
    let [left, top, right, bottom] = [width, height, -1, -1];
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        if (one[at] === other[at]) continue;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = y;
      }
    }
    if (right < 0) return null;
    return { x: left & ~1, y: top & ~1, width: right - (left & ~1) + 1, height: bottom - (top & ~1) + 1 };
  };

  context.drawImage(kept.shown, 0, 0);
  drawPointer();
  drawBand();
  const now = context.getImageData(0, 0, width, height);
  const area = kept.before ? changed(now, kept.before) : { x: 0, y: 0, width, height };
  if (!area) return null;
  kept.before = now;
  const part = new OffscreenCanvas(area.width, area.height);
  /** @type {OffscreenCanvasRenderingContext2D} */ (part.getContext('2d')).drawImage(canvas, -area.x, -area.y);
  const bytes = new Uint8Array(await (await part.convertToBlob({ type: 'image/webp', quality: 1 })).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { area, webp: btoa(text) };
}
