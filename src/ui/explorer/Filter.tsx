import { useState, type ReactElement } from 'react';
import { ListFilter, X } from 'lucide-react';
import { useStore } from 'zustand';
import { isPrompt } from '../../shared/abi/index.ts';
import { hasQualifier, toggledQualifier } from '../../shared/search/index.ts';
import { attempt } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatCount, plural, visibleName } from '../kit/index.ts';
import { showToast, type App, type SearchState } from '../stores/index.ts';
import { focusActiveRow } from './focus-row.ts';

/** Qualifiers for those who do not type them. */
const CHIPS = [
  { qualifier: 'origin:new', label: 'New' }, { qualifier: 'origin:changed', label: 'Changed' },
  { qualifier: 'kind:file', label: 'Files' }, { qualifier: 'kind:dir', label: 'Folders' }, { qualifier: 'kind:link', label: 'Links' }, { qualifier: 'ext:wasm', label: '.wasm' },
] as const;

/** Looks through the whole namespace, also where nothing was opened yet: words, and qualifiers as chips or as text. */
export function Filter(): ReactElement {
  const app = useApp();
  const filter = useStore(app.explorer.store, (state) => state.filter);
  const search = useStore(app.explorer.store, (state) => state.search);
  const [open, setOpen] = useState(false);
  return (
    <div className="filter-box">
      <div className="filter">
        <input
          id="explorer-filter" className="input" type="text" placeholder="Filter…" aria-label="Filter" value={filter} spellCheck={false} autoComplete="off"
          title="Words, and origin:new, run:12, kind:dir, ext:wasm" onChange={(event) => app.explorer.setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') app.explorer.setFilter('');
            else if (event.key === 'ArrowDown' || event.key === 'Enter') focusFirst(app);
            else return;
            event.preventDefault();
          }}
        />
        {filter === ''
          ? <kbd aria-hidden="true">/</kbd>
          : <button type="button" className="icon-btn clear" aria-label="Clear the filter" onClick={() => app.explorer.setFilter('')}><X size={14} aria-hidden="true" /></button>}
        <button type="button" className="icon-btn" aria-label="Filter by kind, origin or run" title="Filter by kind, origin or run" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ListFilter size={15} aria-hidden="true" />
        </button>
      </div>
      {open && <Chips filter={filter} />}
      {search && <p className="filter-count" role="status">{countText(search)}</p>}
    </div>
  );
}

function Chips({ filter }: { filter: string }): ReactElement {
  const app = useApp();
  return (
    <div className="filter-chips" role="group" aria-label="Filter by">
      {CHIPS.map(({ qualifier, label }) => (
        <button key={qualifier} type="button" className="filter-chip" title={qualifier} aria-pressed={hasQualifier(filter, qualifier)} onClick={() => app.explorer.setFilter(toggledQualifier(filter, qualifier))}>{label}</button>
      ))}
      <button type="button" className="filter-chip" title="run:…" aria-pressed={/(?:^|\s)run:\d/i.test(filter)} onClick={() => void toggleLastRun(app, filter)}>Last run</button>
    </div>
  );
}

/** What the last program wrote. */
async function toggleLastRun(app: App, filter: string): Promise<void> {
  const without = filter.split(/\s+/).filter((word) => !/^run:\d+$/i.test(word)).join(' ');
  if (without !== filter.trim()) return app.explorer.setFilter(without);
  await attempt(app, 'Could not read the runs', async () => {
    const last = (await app.client.api.historyRuns({ limit: 200 })).find((run) => run.kind === 'program' && !isPrompt(run));
    if (last) app.explorer.setFilter(toggledQualifier(filter, `run:${last.run}`));
    else showToast(app.messages, { level: 'info', title: 'No program has written anything yet' });
  });
}

/** Of what was found the first entry that is no directory above one. */
function focusFirst(app: App): void {
  const { rows, search } = app.explorer.store.getState();
  if (search) {
    for (const row of rows) {
      if (app.explorer.marks(row).length === 0) continue;
      app.explorer.activate(row.path);
      break;
    }
  }
  focusActiveRow();
}

/** `12 found`; `2 000 of 5 123 found, the best ones`; `12 found, 40 000 looked at so far…`. */
export function countText({ shown, matched, visited, done, bounded, error }: SearchState): string {
  if (error !== null) return `The search failed: ${visibleName(error)}`;
  const found = matched > shown ? `${formatCount(shown)} of ${formatCount(matched)} found, the best ones` : matched === 0 && done ? 'Nothing found' : `${formatCount(matched)} found`;
  if (!done) return `${found}, ${plural(visited, 'entry', 'entries')} looked at so far…`;
  return bounded ? `${found} among the first ${formatCount(visited)} entries` : found;
}
