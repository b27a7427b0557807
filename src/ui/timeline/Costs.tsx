import { useState, type FormEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Retention } from '../../shared/abi/index.ts';
import { attempt } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, plural } from '../kit/index.ts';
import { showToast } from '../stores/index.ts';

const DAY = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

/** What the history costs, what is kept of it, and how to forget the older part. */
export function Costs(): ReactElement | null {
  const app = useApp();
  const cost = useStore(app.timeline.store, (state) => state.cost);
  const retention = useStore(app.timeline.store, (state) => state.retention);
  if (!cost) return null;
  const all = cost.journal + cost.past + cost.present;
  const share = (bytes: number): string => `${all === 0 ? 0 : (bytes / all) * 100}%`;
  return (
    <details className="costs">
      <summary>
        <span>The past costs <b>{formatBytes(cost.journal + cost.past)}</b></span>
        <span className="costs-bar" aria-hidden="true"><i className="present" style={{ width: share(cost.present) }} /><i className="past" style={{ width: share(cost.past) }} /><i className="journal" style={{ width: share(cost.journal) }} /></span>
      </summary>
      <dl>
        <div><dt>Files as they are now</dt><dd>{formatBytes(cost.present)}</dd></div>
        <div><dt>Contents that only the past has</dt><dd>{formatBytes(cost.past)}</dd></div>
        <div><dt>The journal itself</dt><dd>{formatBytes(cost.journal)}</dd></div>
        <div><dt>Changes that are kept</dt><dd>{plural(cost.entries, 'entry', 'entries')}{cost.entries > 0 && `, from ${cost.oldest} on`}</dd></div>
      </dl>
      {retention && <RetentionForm key={JSON.stringify(retention)} retention={retention} />}
      <Trim />
    </details>
  );
}

const FIELDS = [
  { key: 'age', label: 'Days', unit: DAY }, { key: 'entries', label: 'Changes', unit: 1 }, { key: 'bytes', label: 'MB of the past', unit: MIB },
] as const;

/** Bounds of what is kept; an empty field is no bound. */
function RetentionForm({ retention }: { retention: Retention }): ReactElement {
  const app = useApp();
  const [fields, setFields] = useState(() => Object.fromEntries(FIELDS.map(({ key, unit }) => [key, retention[key] === null ? '' : String(Math.round((retention[key] / unit) * 100) / 100)])) as Record<keyof Retention, string>);
  const numbers = FIELDS.map(({ key, unit }) => ({ key, value: fields[key].trim() === '' ? null : Number(fields[key]) * unit }));
  const wrong = numbers.some(({ value }) => value !== null && !(value > 0));
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (wrong) return;
    const next = Object.fromEntries(numbers.map(({ key, value }) => [key, value === null ? null : Math.round(value)])) as unknown as Retention;
    await attempt(app, 'Could not set what is kept', async () => {
      await app.client.api.historySetRetention(next);
      await app.timeline.refresh();
      showToast(app.messages, { level: 'success', title: 'What is kept of the past is set' });
    });
  };
  return (
    <form className="retention" onSubmit={(event) => void save(event)}>
      <span>Keep at most</span>
      {FIELDS.map(({ key, label }) => (
        <label key={key}>{label}<input className="input" inputMode="decimal" placeholder="no bound" value={fields[key]} onChange={(event) => setFields({ ...fields, [key]: event.target.value })} /></label>
      ))}
      <button type="submit" className="btn" disabled={wrong}>Keep so</button>
      {wrong && <span className="name-problem" role="alert">Numbers above zero, or nothing</span>}
    </form>
  );
}

/** Forgetting is the one thing that cannot be undone, so it asks, in its place. */
function Trim(): ReactElement {
  const app = useApp();
  const point = useStore(app.timeline.store, (state) => state.point);
  const newest = useStore(app.timeline.store, (state) => state.newest);
  const [asking, setAsking] = useState(false);
  const where = point === null ? 'all of the past' : `what came before entry ${point + 1}`;
  const trim = async (): Promise<void> => {
    setAsking(false);
    await attempt(app, 'Could not trim the history', async () => {
      const { freed, cost } = await app.client.api.historyTrim(point ?? newest);
      app.timeline.setCost(cost);
      await app.timeline.refresh();
      showToast(app.messages, { level: 'success', title: `Forgot ${where}`, detail: `${formatBytes(freed)} were freed. Snapshots, and what they need, stay.` });
    });
  };
  if (!asking) return <button type="button" className="btn danger trim" disabled={newest === 0} onClick={() => setAsking(true)}>Trim now…</button>;
  return (
    <div className="trim-ask" role="group" aria-label="Trim the history">
      <p>Forget {where}? Files stay as they are now; snapshots stay. <b>This cannot be undone.</b></p>
      <button type="button" className="btn" autoFocus onClick={() => setAsking(false)}>Keep it</button>
      <button type="button" className="btn danger" onClick={() => void trim()}>Forget it</button>
    </div>
  );
}
