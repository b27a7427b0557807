import { useMemo, useRef, useState, type ReactElement, type UIEvent } from 'react';
import { indexesWith, plural, useFixedRows } from '../kit/index.ts';
import { compareLines, comparePieces, foldRows, unifyRows, type Line, type LineRow, type Piece } from './line-rows.ts';

const LINE = 20;
/** Longer lines are cut for display. */
const LINE_MAX = 1000;

interface TextDiffProps {
  before: string;
  after: string;
  unified: boolean;
  /** Of what is compared: the path, for readers of the screen. */
  label: string;
}

/** Two texts by lines, side by side or in one column, with what is the same folded; virtualised. */
export function TextDiff({ before, after, unified, label }: TextDiffProps): ReactElement {
  const diff = useMemo(() => compareLines(before, after), [before, after]);
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set());
  const rows = useMemo(() => {
    const folded = foldRows(diff.rows, open);
    return unified ? unifyRows(folded) : folded;
  }, [diff, open, unified]);
  const widest = useMemo(() => widestLine(diff.rows), [diff]);
  const scroller = useRef<HTMLDivElement>(null);
  const { start, end, height } = useFixedRows(scroller, rows.length, LINE);
  return (
    <>
      <p className="diff-note" role="status">{plural(diff.added, 'line')} added, {plural(diff.removed, 'line')} removed{diff.gaveUp && '. They are too different to be compared: all of one stands against all of the other'}</p>
      <div ref={scroller} className={`text-diff${unified ? ' unified' : ''}`} tabIndex={0} role="document" aria-label={`Differences in ${label}`} onScroll={shiftBoth}>
        <div style={{ height, position: 'relative', minWidth: unified ? `${widest + 8}ch` : `calc(50cqw + ${widest}ch)` }}>
          {indexesWith(start, end, -1, rows.length).map((index) => (
            <div key={index} className="diff-line" style={{ transform: `translateY(${index * LINE}px)` }}>
              <RowCells row={rows[index] as LineRow} unified={unified} onOpen={(at) => setOpen((set) => new Set([...set, at]))} />
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

const WIDEST = LINE_MAX + 40;

function widestLine(rows: readonly LineRow[]): number {
  let widest = 20;
  for (const row of rows) {
    if (row.kind !== 'fold') widest = Math.max(widest, row.left?.text.length ?? 0, row.right?.text.length ?? 0);
  }
  return Math.min(WIDEST, widest) + 10;
}

/** Side by side both sides stay in sight: what is scrolled sideways are the texts in them. */
function shiftBoth({ currentTarget }: UIEvent<HTMLElement>): void {
  currentTarget.style.setProperty('--shift', `${currentTarget.scrollLeft}px`);
}

function RowCells({ row, unified, onOpen }: { row: LineRow; unified: boolean; onOpen: (at: number) => void }): ReactElement {
  if (row.kind === 'fold') return <button type="button" className="diff-fold" onClick={() => onOpen(row.at)}>⋯ {plural(row.count, 'line')} the same</button>;
  if (row.kind === 'same') {
    return unified
      ? <span className="cell"><Number line={row.left} /><Number line={row.right} /><span className="sign" /><Text line={row.left} /></span>
      : <><span className="cell"><Number line={row.left} /><Text line={row.left} /></span><span className="cell"><Number line={row.right} /><Text line={row.right} /></span></>;
  }
  const pieces = row.left && row.right ? comparePieces(row.left.text, row.right.text) : null;
  if (unified) return row.left ? <Cell side="removed" line={row.left} unified /> : <Cell side="added" line={row.right} unified />;
  return <><Cell side="removed" line={row.left} pieces={pieces?.left} /><Cell side="added" line={row.right} pieces={pieces?.right} /></>;
}

interface CellProps {
  side: 'removed' | 'added';
  line?: Line | undefined;
  pieces?: Piece[] | undefined;
  unified?: boolean;
}

function Cell({ side, line, pieces, unified = false }: CellProps): ReactElement {
  if (!line) return <span className="cell absent" />;
  return (
    <span className={`cell ${side}`}>
      <Number line={unified && side === 'added' ? undefined : line} />
      {unified && <Number line={side === 'added' ? line : undefined} />}
      <span className="hidden-text">{side}: </span><span className="sign" aria-hidden="true">{side === 'added' ? '+' : '−'}</span>
      <Text line={line} pieces={pieces} differs />
    </span>
  );
}

function Number({ line }: { line: Line | undefined }): ReactElement {
  return <span className="number" aria-hidden="true">{line?.number}</span>;
}

/** In a line that differs a carriage return, and a last line feed that is missing, can be what differs. */
function Text({ line, pieces, differs = false }: { line: Line; pieces?: Piece[] | undefined; differs?: boolean }): ReactElement {
  const text = line.text.length > LINE_MAX ? `${line.text.slice(0, LINE_MAX)} … ${line.text.length - LINE_MAX} more characters` : line.text;
  return (
    <span className="code">
      {pieces ? pieces.map((piece, at) => (piece.differs ? <mark key={at}>{piece.text}</mark> : piece.text)) : text}
      {differs && text.endsWith('\r') && <i className="unseen" title="carriage return">␍</i>}
      {differs && line.bare && <i className="unseen">no line feed at the end</i>}
    </span>
  );
}
