const CHARACTER = 7.3;
const PADDING = 20;

/** Widths of columns in px, from what stands in their titles and in some rows; at most some forty characters. */
export function fittingWidths(titles: readonly string[], rows: readonly (readonly { text: string }[])[]): number[] {
  return titles.map((title, column) => {
    const longest = rows.reduce((most, row) => Math.max(most, row[column]?.text.length ?? 0), title.length + 3);
    return Math.round(Math.max(5, Math.min(40, longest)) * CHARACTER + PADDING);
  });
}
