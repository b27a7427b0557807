/** Offset with at least eight digits. */
export function hexOffset(offset: number): string {
  return offset.toString(16).padStart(8, '0');
}

/** One row of a dump; short at the end of the file, with spaces in place of what is not there. */
export function hexRow(bytes: Uint8Array, width: number): { hex: string; text: string } {
  let hex = '';
  let text = '';
  for (let index = 0; index < width; index++) {
    const byte = bytes[index];
    if (index > 0) hex += index % 8 === 0 ? '  ' : ' ';
    hex += byte === undefined ? '  ' : byte.toString(16).padStart(2, '0');
    if (byte !== undefined) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  }
  return { hex, text };
}

/**
 * Maps between the scroll position and the first row shown. Browsers cut elements off at some 16 million px, so for long
 * files a pixel stands for many rows.
 */
export function scrollScale(rows: number, rowHeight: number, viewHeight: number): { height: number; rowAt: (top: number) => number; topOf: (row: number) => number } {
  const full = rows * rowHeight;
  const height = Math.min(full, 8_000_000);
  const range = Math.max(1, height - viewHeight);
  const lastRow = Math.max(0, rows - Math.floor(viewHeight / rowHeight));
  if (full === height) return { height, rowAt: (top) => Math.floor(top / rowHeight), topOf: (row) => row * rowHeight };
  return { height, rowAt: (top) => Math.round((top / range) * lastRow), topOf: (row) => (row / lastRow) * range };
}
