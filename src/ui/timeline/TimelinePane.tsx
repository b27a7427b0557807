import { useEffect, type ReactElement } from 'react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { formatCount, plural } from '../kit/index.ts';
import { SampleLink } from '../welcome/index.ts';
import { Costs } from './Costs.tsx';
import { Rows } from './Rows.tsx';
import { Track } from './Track.tsx';
import './timeline.css';

/** The journal: a track to choose a moment on, every change by runs, and what the past costs. */
export function TimelinePane(): ReactElement {
  const app = useApp();
  useEffect(() => app.timeline.use(), [app]);
  return (
    <section className="timeline" aria-label="Timeline">
      <Track />
      <Filter />
      <Rows />
      <State />
      <Costs />
    </section>
  );
}

function Filter(): ReactElement {
  const app = useApp();
  const { filter, shown, loaded, more, typed, notes } = useStore(app.timeline.store);
  return (
    <div className="timeline-filter filter">
      <input
        id="timeline-filter" className="input" type="text" aria-label="Filter the changes" placeholder="Filter: words, /a/path, run:7" value={filter} spellCheck={false} autoComplete="off"
        onChange={(event) => app.timeline.setFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') app.timeline.setFilter('');
          else if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('.timeline [role=tree] [tabindex="0"]')?.focus();
          else return;
          event.preventDefault();
        }}
      />
      {filter !== '' && <button type="button" className="icon-btn" aria-label="Clear the filter" onClick={() => app.timeline.setFilter('')}><X size={14} aria-hidden="true" /></button>}
      <span className="filter-count" role="status">{shown < loaded ? `${formatCount(shown)} of ${plural(loaded, 'change')}` : `${plural(loaded, 'change')}${more ? ' and older ones' : ''}`}</span>
      {notes > 0 && <label className="filter-typed"><input type="checkbox" checked={typed} onChange={(event) => app.timeline.setTyped(event.target.checked)} />typed lines</label>}
    </div>
  );
}

function State(): ReactElement | null {
  const app = useApp();
  const { error, loading, shown, filter } = useStore(app.timeline.store);
  if (error) {
    return (
      <div className="timeline-state" role="alert">
        <p>The history cannot be read: {error}</p>
        <button type="button" className="btn" onClick={() => void app.timeline.refresh()}>Try again</button>
      </div>
    );
  }
  if (shown > 0) return null;
  if (loading) return <p className="timeline-state" role="status">Reading…</p>;
  if (filter === '') return <p className="timeline-state" role="status">Nothing was changed yet. What programs and you write appears here, and can be undone. <SampleLink /></p>;
  return <p className="timeline-state" role="status">No change is like that. <button type="button" className="link" onClick={() => app.timeline.setFilter('')}>Show all</button></p>;
}
