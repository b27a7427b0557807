import { memo, type MouseEvent, type ReactElement } from 'react';
import type { TracedCall } from '../../shared/abi/index.ts';
import { errnoMessage } from '../../shared/trace/index.ts';
import { formatCount } from '../kit/index.ts';
import { FAMILY_WORDS, argumentWords, familyOf, formatAt, formatSpan, outcomeOf, pathText, resultText, spanShare } from './wording.ts';

/** Of the path and of the arguments: more does not fit into a row. */
const SHOWN_MAX = 300;

interface CallRowProps {
  call: TracedCall | undefined;
  index: number;
  top: number;
  height: number;
  chosen: boolean;
  head: boolean;
  /** Of which run, where those of several are listed. */
  run?: string;
  onPress: (index: number, event: MouseEvent) => void;
  onMenu: (index: number, event: MouseEvent) => void;
}

/** One call. What is not read yet keeps its place. */
export const CallRow = memo(function CallRow({ call, index, top, height, chosen, head, run, onPress, onMenu }: CallRowProps): ReactElement {
  const style = { transform: `translateY(${top}px)`, height };
  if (!call) return <div role="row" aria-rowindex={index + 2} aria-busy="true" className="trace-row waiting" style={style}><span role="gridcell" className="hidden-text">Reading…</span></div>;
  const outcome = outcomeOf(call);
  const family = familyOf(call.call);
  const path = pathText(call).slice(0, SHOWN_MAX);
  return (
    <div
      id={`trace-row-${index}`} role="row" aria-rowindex={index + 2} aria-selected={chosen} className={`trace-row ${outcome}${head ? ' head' : ''}`} style={style}
      onClick={(event) => onPress(index, event)} onContextMenu={(event) => onMenu(index, event)}
    >
      <span role="gridcell" className="trace-seq">{run ?? formatCount(call.seq)}</span>
      <span role="gridcell" className="trace-at">{formatAt(call.at)}</span>
      <span role="gridcell" className="trace-call"><i className="trace-swatch" style={{ background: `var(${FAMILY_WORDS[family].colour})` }} aria-hidden="true" />{call.call}{call.tid > 0 && <span className="trace-tid" title={`Thread ${call.tid}`}>t{call.tid}</span>}</span>
      <span role="gridcell" className="trace-args">{argumentWords(call).slice(0, SHOWN_MAX)}</span>
      <span role="gridcell" className="trace-path" aria-label={path === '' ? undefined : path}><PathCell call={call} path={path} /></span>
      <span role="gridcell" className="trace-result" title={outcome === 'failed' ? errnoMessage(call.errno) : undefined}>{resultText(call)}</span>
      <span role="gridcell" className="trace-duration">
        <i className="trace-meter" aria-hidden="true"><i style={{ width: `${spanShare(call.duration) * 100}%`, background: `var(${FAMILY_WORDS[family].colour})` }} /></i>
        {call.open ? '…' : formatSpan(call.duration)}
      </span>
    </div>
  );
});

/** The last part of a path is what tells them apart: it is cut last. */
function PathCell({ call, path: text }: { call: TracedCall; path: string }): ReactElement {
  const at = call.to === undefined ? text.lastIndexOf('/', text.length - 2) + 1 : 0;
  return <>{at > 1 && <bdi className="trace-folder">{text.slice(0, at)}</bdi>}<bdi className="trace-name">{at > 1 ? text.slice(at) : text}</bdi></>;
}
