import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ChevronDown } from 'lucide-react';
import type { TraceInfo } from '../../shared/abi/index.ts';
import { formatCount, formatMoment, visibleName } from '../kit/index.ts';
import type { TraceModel } from './trace-model.ts';
import { usePopover } from './use-popover.ts';
import { useTrace } from './use-trace.ts';
import { commandOf, formatSpan } from './wording.ts';

const NAME_MAX = 60;

/** Which run is looked at: the newest, whichever that becomes, or one of those that are kept. */
export function RunPicker({ model }: { model: TraceModel }): ReactElement {
  const info = useTrace(model, (state) => state.info);
  const pinned = useTrace(model, (state) => state.pinned);
  const newest = useTrace(model, (state) => model.newestOf(state.runs));
  const { open, setOpen, ref } = usePopover();
  const show = (): void => {
    void model.refreshRuns();
    setOpen(true);
  };
  return (
    <div className="trace-picker" ref={ref}>
      <button
        type="button" className="btn trace-run" aria-haspopup="listbox" aria-expanded={open} aria-label={info ? `Run: ${visibleName(commandOf(info).slice(0, NAME_MAX))}, process ${info.pid}` : 'Run: none'}
        onClick={() => (open ? setOpen(false) : show())} onKeyDown={(event) => { if (event.key === 'ArrowDown' && !open) { event.preventDefault(); show(); } }}
      >
        {info ? <><Dot info={info} /><b className="mono">{visibleName(commandOf(info).slice(0, NAME_MAX))}</b><span className="trace-quiet">{info.pid}</span></> : 'No run'}
        <ChevronDown size={14} aria-hidden="true" />
      </button>
      {open && <Runs model={model} onClose={() => { setOpen(false); ref.current?.querySelector<HTMLElement>('button')?.focus(); }} />}
      {pinned && newest && newest.run !== info?.run && (
        <button type="button" className="link trace-newest" title="Shows the newest run, and each that comes after it" onClick={() => void model.follow()}>newest: {visibleName(newest.name.slice(0, 24))}</button>
      )}
    </div>
  );
}

function Dot({ info }: { info: TraceInfo }): ReactElement {
  return <i className={`trace-dot${info.ended === undefined ? ' running' : ''}`} aria-hidden="true" />;
}

/** Arrows, Home, End and Enter; the newest run comes first, whatever it is. */
function Runs({ model, onClose }: { model: TraceModel; onClose: () => void }): ReactElement {
  const runs = useTrace(model, (state) => state.runs);
  const run = useTrace(model, (state) => state.run);
  const pinned = useTrace(model, (state) => state.pinned);
  const [at, setAt] = useState(() => (pinned ? runs.findIndex((each) => each.run === run) + 1 : 0));
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.focus(), []);
  useEffect(() => {
    void list.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const take = (index: number): void => {
    onClose();
    const chosen = runs[index - 1];
    if (index === 0) void model.follow();
    else if (chosen) void model.choose(chosen.run);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = { ArrowDown: Math.min(runs.length, at + 1), ArrowUp: Math.max(0, at - 1), Home: 0, End: runs.length };
    const next = moves[event.key];
    if (next !== undefined) setAt(next);
    else if (event.key === 'Enter' || event.key === ' ') take(at);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={list} className="trace-pop trace-runs" role="listbox" aria-label="Runs, the newest first" tabIndex={0} aria-activedescendant={`trace-run-${at}`} onKeyDown={onKeyDown}>
      <div id="trace-run-0" role="option" aria-selected={!pinned} className={`trace-run-row${at === 0 ? ' on' : ''}`} onClick={() => take(0)}>
        <span>The newest, whichever that becomes</span>
      </div>
      {runs.map((each, index) => (
        <div key={each.run} id={`trace-run-${index + 1}`} role="option" aria-selected={pinned && each.run === run} className={`trace-run-row${at === index + 1 ? ' on' : ''}`} onClick={() => take(index + 1)}>
          <Dot info={each} />
          <span className="mono trace-cut">{visibleName(commandOf(each).slice(0, 120))}</span>
          <span className="trace-quiet">{each.pid}</span>
          <span className="trace-quiet num">{formatCount(each.calls)} calls</span>
          <span className="trace-quiet num">{each.ended === undefined ? 'running' : formatSpan(each.ended - each.started)}</span>
          <time className="trace-quiet num">{formatMoment(each.started)}</time>
        </div>
      ))}
    </div>
  );
}
