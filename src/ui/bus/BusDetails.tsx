import { type ReactElement } from 'react';
import { Copy, X } from 'lucide-react';
import { copyText } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { SafeText, formatBytes, formatCount, formatMoment, safePieces } from '../kit/index.ts';
import type { BusRow } from './bus-log.ts';
import { sourceName } from './BusList.tsx';
import { indented } from './message-text.ts';

const FORMS = { json: 'Data', text: 'Text', bytes: 'Bytes' } as const;
/** Lines that are drawn at once. */
const LINES_MAX = 400;

interface BusDetailsProps {
  row: BusRow;
  onClose: () => void;
  onFilter: (pattern: string) => void;
  onAnswer: (row: BusRow) => void;
}

/** All of one message: its envelope, and what it says. */
export function BusDetails({ row, onClose, onFilter, onAnswer }: BusDetailsProps): ReactElement {
  const app = useApp();
  const { n, subject, time, type, source = 0, id, size, last, request, dropped, body } = row;
  const shown = indented(body);
  return (
    <aside className="bus-details" aria-label={`Message ${n}`}>
      <div className="bus-details-head"><h2>Message</h2><button type="button" className="icon-btn" aria-label="Close the details" onClick={onClose}><X size={14} aria-hidden="true" /></button></div>
      <dl>
        <dt>Subject</dt><dd><code><SafeText text={subject} more /></code> <button type="button" className="link" onClick={() => onFilter(subject)}>only this subject</button></dd>
        <dt>Type</dt><dd>{type === undefined ? 'none' : <code><SafeText text={type} /></code>}</dd>
        <dt>Source</dt><dd>{sourceName(app, row)} <code>{source === 0 ? '/kernel' : `/proc/${source}`}</code></dd>
        {id !== undefined && <><dt>Id</dt><dd>{id}</dd></>}
        <dt>Time</dt><dd>{formatMoment(time)} <time dateTime={new Date(time).toISOString()}>{new Date(time).toISOString()}</time></dd>
        {size !== undefined && <><dt>Size</dt><dd>{formatBytes(size)}</dd></>}
        {last && <><dt>Last value</dt><dd>from before this pane listened</dd></>}
        {request !== undefined && <><dt>Request</dt><dd>its sender waits for an answer</dd></>}
        {dropped !== undefined && <><dt>Lost before it</dt><dd>{formatCount(dropped)}</dd></>}
      </dl>
      <div className="bus-details-head"><h3>{FORMS[body.form]}{!body.whole && <span className="bus-cut">, the first {formatBytes(body.text.length)}</span>}</h3>
        <button type="button" className="icon-btn" aria-label="Copy the data" title="Copy the data" onClick={() => void copyText(app, shown, 'the data')}><Copy size={14} aria-hidden="true" /></button>
      </div>
      <Body text={shown} />
      <button type="button" className="btn" onClick={() => onAnswer(row)}>Publish on this subject…</button>
    </aside>
  );
}

/** As text whatever it holds; controls and what hides in it are named. */
function Body({ text }: { text: string }): ReactElement {
  const lines = text.split('\n');
  return (
    <pre className="bus-text" tabIndex={0} aria-label="What it says">
      {lines.slice(0, LINES_MAX).map((line, at) => <div key={at}>{safePieces(line).map((piece, part) => (piece.danger === undefined ? piece.text : <mark key={part} className="safe-mark" title={piece.danger}>{piece.text}</mark>))}{line === '' && ' '}</div>)}
      {lines.length > LINES_MAX && <div className="bus-cut">… {formatCount(lines.length - LINES_MAX)} more lines; copy the data to see them</div>}
    </pre>
  );
}
