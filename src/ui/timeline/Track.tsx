import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import { Camera, GitBranch, GitCompare, History, RotateCcw } from 'lucide-react';
import { useStore } from 'zustand';
import { dropSnapshot, goToNow, goToPoint, makeBranch, makeSnapshot, restorePath, showDiff } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { NameForm, plural } from '../kit/index.ts';
import type { App } from '../stores/index.ts';
import { momentText, runName } from './wording.ts';

/** The history from its oldest moment to now, on which one moment is chosen. */
export function Track(): ReactElement {
  const app = useApp();
  const { oldest, newest, point, bins, runs, snapshots } = useStore(app.timeline.store);
  const text = useMomentText();
  const share = newest > oldest ? ((point ?? newest) - oldest) / (newest - oldest) : 1;
  const rail = useRef<HTMLDivElement>(null);
  const pointTo = (event: PointerEvent): void => {
    const box = rail.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    app.timeline.setPoint(Math.round(oldest + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (newest - oldest)));
  };
  return (
    <div className="track">
      <div
        className="track-rail" ref={rail} role="slider" tabIndex={0} aria-label="Moment" aria-valuemin={oldest} aria-valuemax={newest} aria-valuenow={point ?? newest} aria-valuetext={text}
        aria-describedby="track-help" onKeyDown={(event) => { if (trackKey(app, event)) event.preventDefault(); }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pointTo(event);
        }}
        onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) pointTo(event); }}
      >
        <svg className="track-strip" viewBox={`0 0 ${Math.max(1, bins.length)} 1`} preserveAspectRatio="none" aria-hidden="true">
          {bins.map(({ height, run }, at) => {
            const tall = 0.08 + 0.92 * height;
            return <rect key={at} className={`kind-${run === 0 ? 'user' : (runs.get(run)?.kind ?? 'program')}`} x={at} width={bins.length > 60 ? 1 : 0.86} y={1 - tall} height={tall} />;
          })}
        </svg>
        {snapshots.filter(({ entry }) => entry >= oldest).map(({ name, entry }) => (
          <i key={name} className="track-mark" title={`Snapshot ${name}`} style={{ left: `${newest > oldest ? ((entry - oldest) / (newest - oldest)) * 100 : 100}%` }} />
        ))}
        <i className="track-past" style={{ left: `${share * 100}%` }} />
        <i className="track-thumb" style={{ left: `${share * 100}%` }} />
      </div>
      <p id="track-help" className="hidden-text">Arrow keys go by one change, Page Up and Page Down by one run, Home to the oldest moment, End to now.</p>
      <MomentBar text={text} />
      <Snapshots />
    </div>
  );
}

function useMomentText(): string {
  const app = useApp();
  const { point, oldest, pointEntry, runs } = useStore(app.timeline.store);
  return momentText(point, oldest, pointEntry, pointEntry ? runName(pointEntry.run, runs.get(pointEntry.run)).replace(/^You$/, 'you') : '');
}

function trackKey(app: App, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return false;
  const { timeline } = app;
  const moves: Record<string, () => void> = {
    ArrowLeft: () => timeline.step('entry', -1), ArrowDown: () => timeline.step('entry', -1), ArrowRight: () => timeline.step('entry', 1), ArrowUp: () => timeline.step('entry', 1),
    PageDown: () => timeline.step('run', -1), PageUp: () => timeline.step('run', 1),
    Home: () => timeline.setPoint(timeline.store.getState().oldest), End: () => timeline.setPoint(null),
  };
  moves[key]?.();
  return key in moves;
}

/** Where one is, and what can be done from there. */
function MomentBar({ text }: { text: string }): ReactElement {
  const app = useApp();
  const point = useStore(app.timeline.store, (state) => state.point);
  const newest = useStore(app.timeline.store, (state) => state.newest);
  const naming = useStore(app.overlay, (state) => state.naming);
  const setNaming = (what: 'snapshot' | 'branch' | null): void => app.overlay.setState({ naming: what });
  const past = point !== null;
  if (naming) {
    const snapshot = naming === 'snapshot';
    return (
      <div className="moment-bar">
        <NameForm
          label={snapshot ? 'Name of the snapshot' : 'Name of the branch'} action={snapshot ? 'Make the snapshot' : 'Make the branch'} onClose={() => setNaming(null)}
          onName={(name) => (snapshot ? makeSnapshot(app, name, point) : makeBranch(app, name, point))}
        />
      </div>
    );
  }
  return (
    <div className="moment-bar">
      <span className={`moment${past ? ' past' : ''}`}><History size={14} aria-hidden="true" />{past ? `As it was ${text}` : 'Now'}</span>
      <span className="gap" />
      {past && <button type="button" className="btn primary" onClick={() => goToNow(app)}>Back to now</button>}
      {past && <button type="button" className="btn" onClick={() => void restorePath(app, '/', point)}><RotateCcw size={13} aria-hidden="true" />Restore everything</button>}
      <button type="button" className="btn" disabled={newest === 0} onClick={() => setNaming('snapshot')}><Camera size={13} aria-hidden="true" />Snapshot</button>
      <button type="button" className="btn" onClick={() => setNaming('branch')}><GitBranch size={13} aria-hidden="true" />Branch</button>
      {past && <button type="button" className="btn" onClick={() => showDiff(app, { kind: 'points', from: point, to: 'now' })}><GitCompare size={13} aria-hidden="true" />Diff to now</button>}
      {past && point > 0 && <button type="button" className="btn" onClick={() => showDiff(app, { kind: 'points', from: point - 1, to: point })}>Diff to before</button>}
    </div>
  );
}

function Snapshots(): ReactElement | null {
  const app = useApp();
  const snapshots = useStore(app.timeline.store, (state) => state.snapshots);
  if (snapshots.length === 0) return null;
  return (
    <ul className="snapshots" aria-label={plural(snapshots.length, 'snapshot')}>
      {snapshots.map(({ name, entry }) => (
        <li key={name}>
          <button type="button" className="snapshot" title={`After entry ${entry}`} aria-label={`Go to the snapshot ${name}`} onClick={() => void goToPoint(app, entry)}><Camera size={12} aria-hidden="true" />{name}</button>
          <button type="button" className="snapshot-drop" aria-label={`Drop the snapshot ${name}`} title="Drop: the past may be trimmed then" onClick={() => void dropSnapshot(app, name)}>×</button>
        </li>
      ))}
    </ul>
  );
}
