import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { CircleQuestionMark, ListFilter, X } from 'lucide-react';
import { TRACE_FAMILIES } from '../../shared/abi/index.ts';
import { formatCount, visibleName } from '../kit/index.ts';
import { QUALIFIERS, namesOf, withNameToggled, withPart, withoutToken } from './filter.ts';
import type { TraceModel } from './trace-model.ts';
import { usePopover } from './use-popover.ts';
import { useTrace } from './use-trace.ts';
import { FAMILY_WORDS, familyOf, formatSpan } from './wording.ts';

const LONGER = ['100us', '1ms', '10ms', '100ms', '1s'] as const;

/** What is looked for: typed, or by buttons that write it. The kinds are the legend of the strip as well. */
export function FilterBar({ model, onDown }: { model: TraceModel; onDown: () => void }): ReactElement {
  const text = useTrace(model, (state) => state.text);
  const parsed = useTrace(model, (state) => state.parsed);
  const range = useTrace(model, (state) => state.range);
  const view = useTrace(model, (state) => state.view);
  const kinds = namesOf(text, 'kind');
  const failed = parsed.tokens.some(({ key, value }) => key === 'errno' && value.toLowerCase() === 'failed');
  const longer = parsed.tokens.find(({ key }) => key === 'longer')?.value ?? '';
  const named = parsed.tokens.filter(({ key }) => key === 'path' || key === 'fd' || key === 'thread' || key === 'call');
  const parts = named.length + (range ? 1 : 0);
  return (
    <search className="trace-filter" aria-label="Filter the calls">
      <FilterInput model={model} onDown={onDown} />
      <CallChooser model={model} />
      {parts > 0 && (
        <div className="trace-chips" role="group" aria-label="What is looked for">
          {range && <button type="button" className="trace-chip on" aria-label={`Only ${formatSpan(range.from)} to ${formatSpan(range.to)}: show the whole run`} onClick={() => model.setRange(null)}>{formatSpan(range.from)} – {formatSpan(range.to)}<X size={12} aria-hidden="true" /></button>}
          {named.map((token) => (
            <button key={token.source} type="button" className="trace-chip on" aria-label={`Without ${visibleName(token.source)}`} onClick={() => model.setText(withoutToken(text, token))}><span className="trace-cut">{visibleName(token.source)}</span><X size={12} aria-hidden="true" /></button>
          ))}
        </div>
      )}
      <div className="trace-chips" role="group" aria-label="Kinds of calls, and outcomes">
        {TRACE_FAMILIES.map((family) => (
          <button key={family} type="button" className="trace-chip" aria-pressed={kinds.includes(family)} onClick={() => model.setText(withNameToggled(text, 'kind', family))}>
            <i className="trace-swatch" style={{ background: `var(${FAMILY_WORDS[family].colour})` }} aria-hidden="true" />{FAMILY_WORDS[family].text}
          </button>
        ))}
        <button type="button" className="trace-chip bad" aria-pressed={failed || view === 'failed'} disabled={view === 'failed'} onClick={() => model.setText(withPart(text, 'errno', failed ? null : 'failed'))}>
          <i className="trace-swatch" style={{ background: 'var(--red)' }} aria-hidden="true" />failed
        </button>
        <select className={`trace-chip${longer === '' ? '' : ' on'}`} aria-label="Longer than" value={longer} onChange={(event) => model.setText(withPart(text, 'longer', event.target.value === '' ? null : event.target.value))}>
          <option value="">of any length</option>
          {LONGER.map((each) => <option key={each} value={each}>&gt; {each.replace('us', ' µs').replace(/(?<=\d)(m?s)/, ' $1')}</option>)}
          {longer !== '' && !LONGER.some((each) => each === longer) && <option value={longer}>&gt; {visibleName(longer.slice(0, 12))}</option>}
        </select>
      </div>
      {parsed.problems.length > 0 && <p className="trace-problem" role="status">{visibleName(parsed.problems.join(' · '))}</p>}
    </search>
  );
}

function FilterInput({ model, onDown }: { model: TraceModel; onDown: () => void }): ReactElement {
  const text = useTrace(model, (state) => state.text);
  const field = useRef<HTMLInputElement>(null);
  const { open, setOpen, ref } = usePopover();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && text !== '') model.setText('');
    else if (event.key === 'ArrowDown' || event.key === 'Enter') onDown();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="trace-input" ref={ref}>
      <input
        ref={field} id="trace-filter" className="input mono" type="text" aria-label="Filter" placeholder="Filter: fd_write, /home, failed, >1ms" spellCheck={false} autoComplete="off" value={text}
        aria-describedby="trace-filter-help" onChange={(event) => model.setText(event.target.value)} onKeyDown={onKeyDown}
      />
      {text !== '' && <button type="button" className="icon-btn" aria-label="Clear the filter" onClick={() => { model.setText(''); field.current?.focus(); }}><X size={14} aria-hidden="true" /></button>}
      {text === '' && <button type="button" className="icon-btn" aria-label="What can be typed" title="What can be typed" aria-expanded={open} onClick={() => setOpen(!open)}><CircleQuestionMark size={14} aria-hidden="true" /></button>}
      <div id="trace-filter-help" className={open ? 'trace-pop trace-help' : 'hidden-text'}>
        <p>Words are looked for in paths and names of calls. All parts must hold.</p>
        <dl>{QUALIFIERS.map(({ key, example, text: meaning }) => <div key={key}><dt><code>{example}</code></dt><dd>{meaning}</dd></div>)}</dl>
      </div>
    </div>
  );
}

/** The calls that the run made, to tick. */
function CallChooser({ model }: { model: TraceModel }): ReactElement {
  const text = useTrace(model, (state) => state.text);
  const { open, setOpen, ref } = usePopover();
  const [found, setFound] = useState<readonly { call: string; count: number }[] | null>(null);
  const ticked = namesOf(text, 'call');
  useEffect(() => {
    if (!open) return undefined;
    let gone = false;
    void model.callsMade().then((calls) => { if (!gone) setFound(calls); });
    return () => {
      gone = true;
    };
  }, [open, model]);
  useEffect(() => {
    if (open && found) ref.current?.querySelector<HTMLElement>('input')?.focus();
  }, [open, found, ref]);
  return (
    <div className="trace-picker" ref={ref}>
      <button type="button" className="btn" aria-expanded={open} onClick={() => setOpen(!open)}><ListFilter size={14} aria-hidden="true" />Calls{ticked.length > 0 && <span className="trace-quiet"> {ticked.length}</span>}</button>
      {open && (
        <div className="trace-pop trace-calls" role="group" aria-label="Only these calls">
          {found === null && <p className="trace-quiet">Reading…</p>}
          {found?.length === 0 && <p className="trace-quiet">The run has made no calls yet.</p>}
          {found?.map(({ call, count }) => (
            <label key={call}>
              <input type="checkbox" checked={ticked.includes(call)} onChange={() => model.setText(withNameToggled(text, 'call', call))} />
              <i className="trace-swatch" style={{ background: `var(${FAMILY_WORDS[familyOf(call)].colour})` }} aria-hidden="true" />
              <span className="mono">{call}</span><span className="trace-quiet num">{formatCount(count)}</span>
            </label>
          ))}
        </div>
      )}
    </div>
  );
}
