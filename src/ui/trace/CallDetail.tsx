import { type ReactElement } from 'react';
import { Copy, Ellipsis, X } from 'lucide-react';
import type { TraceInfo, TracedCall } from '../../shared/abi/index.ts';
import { errnoName } from '../../shared/base/index.ts';
import { errnoMessage, shownArguments } from '../../shared/trace/index.ts';
import { goToNow, openPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { SafeText, formatCount, formatMoment } from '../kit/index.ts';
import { errorWords, kindText, meaningOf } from './meanings.ts';
import { copyCalls, openAtMoment, openCallMenu } from './row-actions.ts';
import type { TraceModel } from './trace-model.ts';
import { FAMILY_WORDS, familyOf, formatAt, formatSpan, outcomeOf, resultText } from './wording.ts';

interface CallDetailProps {
  model: TraceModel;
  call: TracedCall;
  /** The run that made it. */
  info: TraceInfo | null;
  onClose: () => void;
  /** Leads to the call in the list of its run; absent where it is there. */
  onShow?: () => void;
}

/** All of one call: what it means, its arguments by name, what came of it, and where it leads. */
export function CallDetail({ model, call, info, onClose, onShow }: CallDetailProps): ReactElement {
  const app = useApp();
  const family = FAMILY_WORDS[familyOf(call.call)];
  const { path, to } = call;
  return (
    <aside className="trace-detail" aria-label={`Call ${call.seq}`}>
      <div className="trace-detail-head">
        <h2><i className="trace-swatch" style={{ background: `var(${family.colour})` }} aria-hidden="true" /><code>{call.call}</code> <span className="trace-quiet">{formatCount(call.seq)}</span></h2>
        <button type="button" className="icon-btn" aria-label="Copy the call as text" title="Copy as text (Ctrl+C)" onClick={() => void copyCalls(app, model, call)}><Copy size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="More on this call" aria-haspopup="menu" onClick={(event) => { const box = event.currentTarget.getBoundingClientRect(); openCallMenu(app, model, call, box.left, box.bottom, info); }}><Ellipsis size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Close the details" onClick={onClose}><X size={14} aria-hidden="true" /></button>
      </div>
      <p className="trace-meaning">{meaningOf(call.call)}</p>
      <Outcome call={call} />
      {path !== undefined && (
        <section>
          <h3>{to === undefined ? 'Path' : 'Paths'}</h3>
          <p className="trace-where"><code><SafeText text={path} more /></code>{to !== undefined && <> → <code><SafeText text={to} more /></code></>}{call.cut && <span className="trace-quiet"> and more that was not noted</span>}</p>
          {path.startsWith('/') && <div className="trace-detail-actions">
            {info && <button type="button" className="btn" title="Shows the workspace as it was when the call came back" onClick={() => void openAtMoment(app, info, call)}>As it was then</button>}
            <button type="button" className="btn" onClick={() => { goToNow(app); openPath(app, to ?? path); }}>As it is now</button>
            <button type="button" className="btn" onClick={() => void model.showAbout(path)}>All calls about it</button>
          </div>}
        </section>
      )}
      {call.text !== undefined && <section><h3>Text</h3><p className="trace-where"><code><SafeText text={call.text} more /></code>{call.cut && '…'}</p></section>}
      <Arguments call={call} />
      <section>
        <h3>When</h3>
        <dl>
          <dt>Began</dt><dd>{formatAt(call.at)} s{info && <span className="trace-quiet"> {formatMoment(info.started + call.at)}</span>}</dd>
          <dt>Took</dt><dd>{call.open ? 'it is not back yet' : formatSpan(call.duration)}{call.waited !== undefined && call.waited > 0 && <span className="trace-quiet">, of that {formatSpan(call.waited)} waiting</span>}</dd>
          <dt>Thread</dt><dd>{call.tid === 0 ? 'the first' : call.tid}</dd>
        </dl>
      </section>
      {onShow && <div className="trace-detail-actions"><button type="button" className="btn" onClick={onShow}>Show it among the others</button></div>}
    </aside>
  );
}

function Outcome({ call }: { call: TracedCall }): ReactElement {
  const outcome = outcomeOf(call);
  if (outcome !== 'failed') return <p className={`trace-outcome ${outcome}`}><b>{outcome === 'ok' ? 'Succeeded' : 'Waits'}</b> {outcome === 'ok' && resultText(call) !== 'ok' && resultText(call)}</p>;
  const name = errnoName(call.errno);
  const { why, todo } = errorWords(name, call.call);
  return (
    <div className="trace-outcome failed">
      <p><b>{name}</b> {errnoMessage(call.errno)} <span className="trace-quiet">{call.errno}</span></p>
      <p>{why}{todo && ` ${todo}`}</p>
    </div>
  );
}

function Arguments({ call }: { call: TracedCall }): ReactElement | null {
  const shown = shownArguments(call);
  if (shown.length === 0) return null;
  return (
    <section>
      <h3>Arguments</h3>
      <table className="trace-arguments">
        <thead className="hidden-text"><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Kind</th></tr></thead>
        <tbody>
          {shown.map(({ name, kind, text }) => <tr key={name}><th scope="row">{name}</th><td><code>{text}</code></td><td className="trace-quiet">{kindText(kind)}</td></tr>)}
        </tbody>
      </table>
    </section>
  );
}
