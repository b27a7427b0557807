import { useState, type ReactElement } from 'react';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { TraceStats } from '../../shared/abi/index.ts';
import { formatBytes, formatCount } from '../kit/index.ts';
import type { TraceModel } from './trace-model.ts';
import { useTrace } from './use-trace.ts';
import { withPart } from './filter.ts';
import { FAMILY_WORDS, familyOf, formatSpan } from './wording.ts';
import { sortStats, type StatsColumn, type StatsOrder } from './stats-order.ts';

const TITLES: readonly { column: StatsColumn; title: string }[] = [
  { column: 'call', title: 'Call' }, { column: 'count', title: 'Calls' }, { column: 'failed', title: 'Failed' }, { column: 'total', title: 'Total' }, { column: 'mean', title: 'Mean' },
  { column: 'longest', title: 'Longest' }, { column: 'bytes', title: 'Bytes' },
];

interface StatisticsProps {
  model: TraceModel;
  /** Leads to a call of the run. */
  onCall: (seq: number) => void;
}

/** What the run did, by call; a press on a name shows only those. */
export function Statistics({ model, onCall }: StatisticsProps): ReactElement {
  const stats = useTrace(model, (state) => state.stats);
  const [order, setOrder] = useState<StatsOrder>({ column: 'total', down: true });
  if (!stats) return <p className="trace-empty" role="status">Counting…</p>;
  if (stats.length === 0) return <p className="trace-empty" role="status">No call is like that.</p>;
  const all = stats.reduce((sum, { total }) => sum + total, 0);
  return (
    <div className="trace-stats" tabIndex={0} role="region" aria-label="Statistics">
      <table aria-label="Statistics by call">
        <thead>
          <tr>
            {TITLES.map(({ column, title }) => (
              <th key={column} scope="col" className={column === 'call' ? '' : 'num'} aria-sort={order.column !== column ? 'none' : order.down ? 'descending' : 'ascending'}>
                <button type="button" onClick={() => setOrder({ column, down: order.column === column ? !order.down : column !== 'call' })}>
                  {title}{order.column === column && (order.down ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{sortStats(stats, order).map((each) => <Row key={each.call} model={model} stats={each} all={all} onCall={onCall} />)}</tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td className="num">{formatCount(stats.reduce((sum, { count }) => sum + count, 0))}</td><td className="num">{formatCount(stats.reduce((sum, { failed }) => sum + failed, 0))}</td>
            <td className="num">{formatSpan(all)}</td><td /><td className="num">{formatSpan(stats.reduce((most, { longest }) => Math.max(most, longest), 0))}</td><td className="num">{formatBytes(stats.reduce((sum, { bytes }) => sum + bytes, 0))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Row({ model, stats, all, onCall }: { model: TraceModel; stats: TraceStats; all: number; onCall: (seq: number) => void }): ReactElement {
  const { call, count, failed, total, longest, slowest, bytes } = stats;
  const colour = `var(${FAMILY_WORDS[familyOf(call)].colour})`;
  const show = (outcome?: 'failed'): void => {
    const { text } = model.store.getState();
    model.setText(withPart(withPart(text, 'call', call), 'errno', outcome ?? null));
    model.setView('calls');
  };
  return (
    <tr>
      <th scope="row"><i className="trace-swatch" style={{ background: colour }} aria-hidden="true" /><button type="button" className="link mono" title="Shows only these calls" onClick={() => show()}>{call}</button></th>
      <td className="num">{formatCount(count)}</td>
      <td className="num">{failed === 0 ? <span className="trace-quiet">0</span> : <button type="button" className="link bad" aria-label={`${formatCount(failed)} failed ${call}: show them`} onClick={() => show('failed')}>{formatCount(failed)}</button>}</td>
      <td className="num"><i className="trace-share" aria-hidden="true"><i style={{ width: `${all === 0 ? 0 : (total / all) * 100}%`, background: colour }} /></i>{formatSpan(total)}</td>
      <td className="num">{formatSpan(count === 0 ? 0 : total / count)}</td>
      <td className="num"><button type="button" className="link" aria-label={`${formatSpan(longest)}, the longest ${call}: show it`} onClick={() => onCall(slowest)}>{formatSpan(longest)}</button></td>
      <td className="num">{bytes === 0 ? <span className="trace-quiet">–</span> : formatBytes(bytes)}</td>
    </tr>
  );
}
