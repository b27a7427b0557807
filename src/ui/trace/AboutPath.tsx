import { useCallback, useMemo, type ReactElement } from 'react';
import { ArrowLeft } from 'lucide-react';
import { openPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { SafeText, plural, visibleName } from '../kit/index.ts';
import { CallDetail } from './CallDetail.tsx';
import { FixedCalls } from './FixedCalls.tsx';
import { openCallMenu } from './row-actions.ts';
import type { TraceModel } from './trace-model.ts';
import { useTrace } from './use-trace.ts';

/** The calls about one path, of all runs that are kept: who looked at it, who wrote it. */
export function AboutPath({ model }: { model: TraceModel }): ReactElement | null {
  const app = useApp();
  const about = useTrace(model, (state) => state.about);
  const runs = useTrace(model, (state) => state.runs);
  const chosen = useTrace(model, (state) => state.selection?.call ?? null);
  const error = useTrace(model, (state) => state.error);
  const found = about?.calls ?? null;
  const calls = useMemo(() => found?.map(({ call }) => call) ?? [], [found]);
  const infoOf = useCallback((index: number) => runs.find(({ run }) => run === found?.[index]?.run) ?? null, [runs, found]);
  const onChoose = useCallback((index: number | null): void => {
    const call = index === null ? undefined : calls[index];
    if (call) model.selectCall(call);
    else model.unselect();
  }, [model, calls]);
  const onOpen = useCallback((index: number): void => {
    const at = found?.[index];
    if (at) model.apply({ run: at.run, seq: at.call.seq });
  }, [model, found]);
  if (!about) return null;
  const at = chosen ? calls.indexOf(chosen) : -1;
  return (
    <>
      <div className="trace-bar trace-about">
        <button type="button" className="btn" onClick={() => model.leaveAbout()}><ArrowLeft size={14} aria-hidden="true" />All calls of a run</button>
        <h2>Calls about <code><SafeText text={about.path} max={80} /></code></h2>
        <span className="gap" />
        {found && <span className="trace-quiet" role="status">{plural(found.length, 'call')}{found.length >= 1000 && ', the latest ones'}</span>}
        <button type="button" className="btn" onClick={() => openPath(app, about.path)}>Open it</button>
      </div>
      {error !== null && <p className="trace-note" role="alert">{error}</p>}
      <div className="trace-body">
        {found === null && error === null && <p className="trace-empty" role="status">Looking through all runs…</p>}
        {found?.length === 0 && <p className="trace-empty" role="status">No run that is kept has anything to do with it. The calls of the last runs are kept.</p>}
        {found && found.length > 0 && (
          <FixedCalls
            label={`Calls about ${visibleName(about.path)}, the latest first`} calls={calls} chosen={chosen} onChoose={onChoose} onOpen={onOpen} onMenu={(index, x, y) => openCallMenu(app, model, calls[index]!, x, y, infoOf(index))}
            runOf={(index) => { const info = infoOf(index); return info ? `${visibleName(info.name.slice(0, 16))} ${info.pid}` : `run ${found[index]?.run}`; }}
          />
        )}
        {chosen && at >= 0 && <CallDetail model={model} call={chosen} info={infoOf(at)} onClose={() => model.unselect()} onShow={() => onOpen(at)} />}
      </div>
    </>
  );
}
