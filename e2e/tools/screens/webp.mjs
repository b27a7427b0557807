// @ts-check
/**
 * Pictures as WebP, by the browser's own encoder, and many of them as one that moves: the container is put together here, from
 * the bit streams of single pictures (RIFF container of WebP: `VP8X`, `ANIM`, `ANMF`).
 */

/** @typedef {import('playwright').Page} Page */
/** @typedef {{ x: number, y: number, width: number, height: number }} Area */
/** @typedef {{ area: Area, milliseconds: number, webp: Buffer }} Frame */

/**
 * A page of its own in which pictures are compared and encoded, so that the one that is shown is left alone.
 * @param {Page} page
 */
export function createEncoder(page) {
  return {
    /**
     * Without loss, or with it where that would be larger than `most` bytes.
     * @param {Buffer} png
     * @param {number} most
     * @param {number} [scale] of its size
     * @returns {Promise<Buffer>}
     */
    async still(png, most, scale = 1) {
      for (const quality of [1, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5]) {
        const encoded = await page.evaluate(encode, { png: png.toString('base64'), quality, scale });
        const webp = Buffer.from(encoded, 'base64');
        if (webp.length <= most) return webp;
      }
      throw new Error(`A picture does not fit into ${most} bytes.`);
    },
  };
}

/**
 * In the page.
 * @param {{ png: string, quality: number, scale: number }} picture
 * @returns {Promise<string>} base64
 */
async function encode({ png, quality, scale }) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** @param {number} value @param {number} bytes little-endian */
function number(value, bytes) {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

/** @param {string} name @param {Buffer} data */
const chunk = (name, data) => Buffer.concat([Buffer.from(name, 'latin1'), number(data.length, 4), data, Buffer.alloc(data.length % 2)]);

/**
 * The chunks of a still picture that hold its pixels.
 * @param {Buffer} webp
 */
function pixelChunks(webp) {
  const parts = [];
  for (let at = 12; at + 8 <= webp.length; ) {
    const name = webp.toString('latin1', at, at + 4);
    const end = at + 8 + webp.readUInt32LE(at + 4);
    if (name === 'VP8 ' || name === 'VP8L' || name === 'ALPH') parts.push(chunk(name, webp.subarray(at + 8, end)));
    at = end + (end % 2);
  }
  return Buffer.concat(parts);
}

/**
 * A picture that moves, again and again. Each frame is laid over what is there.
 * @param {{ width: number, height: number }} size
 * @param {readonly Frame[]} frames
 */
export function animate({ width, height }, frames) {
  const ANIMATION = 2;
  const COVER_WITHOUT_BLENDING = 2;
  const header = Buffer.concat([number(ANIMATION, 4), number(width - 1, 3), number(height - 1, 3)]);
  const parts = frames.map(({ area, milliseconds, webp }) => chunk('ANMF', Buffer.concat([
    number(area.x / 2, 3), number(area.y / 2, 3), number(area.width - 1, 3), number(area.height - 1, 3),
    number(milliseconds, 3), number(COVER_WITHOUT_BLENDING, 1), pixelChunks(webp),
  ])));
  const forEver = Buffer.concat([number(0, 4), number(0, 2)]);
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), chunk('VP8X', header), chunk('ANIM', forEver), ...parts]));
}
