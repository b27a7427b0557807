import type { Candidate, CandidateKind } from './complete.ts';
import { graphemes, graphemeWidth, printable, textWidth } from './width.ts';

const GAP = 2;

/** SGR parameters by kind, those of `ls`. */
const colours: Readonly<Record<CandidateKind, string>> = {
  command: '32', directory: '1;34', file: '', link: '36', device: '33', variable: '35', option: '36', job: '',
};

/** Candidates as rows of a terminal: with a word about each one a row, else in columns, top to bottom. */
export function arrange(candidates: readonly Candidate[], columns: number): string[] {
  const cells = candidates.map((candidate) => {
    const name = clip(printable(candidate.name) + (candidate.kind === 'directory' ? '/' : ''), columns - 1);
    return { ...candidate, name, width: textWidth(name) };
  });
  const widest = cells.reduce((most, { width }) => Math.max(most, width), 0) + GAP;
  const paint = (cell: { name: string; kind: CandidateKind }): string => (colours[cell.kind] ? `\x1b[${colours[cell.kind]}m${cell.name}\x1b[0m` : cell.name);
  if (cells.some(({ summary }) => summary)) {
    return cells.map((cell) => {
      const summary = clip(printable(cell.summary ?? ''), columns - widest - 1);
      return `${paint(cell)}${' '.repeat(widest - cell.width)}\x1b[90m${summary}\x1b[0m`;
    });
  }
  const across = Math.max(1, Math.floor(columns / widest));
  const down = Math.ceil(cells.length / across);
  return Array.from({ length: down }, (_, row) => {
    const inRow = cells.filter((_cell, index) => index % down === row);
    return inRow.map((cell, index) => paint(cell) + (index < inRow.length - 1 ? ' '.repeat(widest - cell.width) : '')).join('');
  });
}

function clip(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let width = 1;
  let kept = '';
  for (const each of graphemes(text)) {
    width += graphemeWidth(each);
    if (width > columns) break;
    kept += each;
  }
  return columns > 0 ? `${kept}…` : '';
}
