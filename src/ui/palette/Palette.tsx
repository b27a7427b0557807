import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { CornerDownLeft, Play } from 'lucide-react';
import { openPath, runPath, showPane } from '../actions/index.ts';
import { COMMANDS, runCommand } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, Marked, NodeIcon } from '../kit/index.ts';
import { PROCESSES, type App } from '../stores/index.ts';
import { findEntries, type Entry, type Section, type Sources } from './entries.ts';
import { useFoundFiles } from './use-found-files.ts';
import './palette.css';

/** The one whose list this is opens itself. */
const LISTED = COMMANDS.filter(({ id }) => id !== 'palette');
const PAGE = 10;

/** Every command, the files that are known, and what runs: found by some of their letters. */
export function Palette(): ReactElement {
  const app = useApp();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const { paths, busy } = useFoundFiles(text);
  const sections = useMemo(() => findEntries(text, sourcesOf(app, paths)), [app, text, paths]);
  const entries = useMemo(() => sections.flatMap((section) => section.entries), [sections]);
  const at = Math.min(chosen, entries.length - 1);
  const close = (): void => app.overlay.setState({ palette: false });
  const choose = (entry: Entry | undefined): void => {
    if (!entry || entry.unavailable !== undefined) return;
    const prefix = entry.id.startsWith('help ') ? entry.id.slice(5) : null;
    if (prefix !== null) return type(prefix);
    close();
    // The dialog gives the focus back first.
    requestAnimationFrame(() => act(app, entry));
  };
  const type = (next: string): void => {
    setText(next);
    setChosen(0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (event.key === 'Enter') choose(entries[at]);
    else if (move && entries.length > 0) setChosen(move(at, entries.length));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Command palette" onClose={close} className="palette">
      <input
        className="palette-input" role="combobox" aria-label="Command palette" aria-expanded="true" aria-controls={listId} aria-autocomplete="list" aria-activedescendant={entries[at] && `${listId}-${at}`}
        placeholder="Find a file, run a command…  > commands  @ processes  ? help" value={text} spellCheck={false} autoComplete="off" data-autofocus
        onChange={(event) => type(event.target.value)} onKeyDown={onKeyDown}
      />
      <List id={listId} sections={sections} at={at} busy={busy} onChoose={choose} />
    </Dialog>
  );
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  PageDown: (at, count) => Math.min(at + PAGE, count - 1),
  PageUp: (at) => Math.max(at - PAGE, 0),
};

function List({ id, sections, at, busy, onChoose }: { id: string; sections: readonly Section[]; at: number; busy: boolean; onChoose: (entry: Entry) => void }): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at, sections]);
  const starts = sections.map((_section, index) => sections.slice(0, index).reduce((sum, { entries }) => sum + entries.length, 0));
  return (
    <>
      <div ref={list} id={id} className="palette-list" role="listbox" aria-label="Found">
        {sections.map(({ heading, entries }, section) => (
          <div key={heading} role="group" aria-label={heading}>
            <div className="palette-heading" aria-hidden="true">{heading}</div>
            {entries.map((entry, index) => {
              const place = starts[section]! + index;
              return (
                <div
                  key={entry.id} id={`${id}-${place}`} role="option" aria-selected={place === at} aria-disabled={entry.unavailable !== undefined || undefined} className="palette-entry"
                  onPointerDown={(event) => event.preventDefault()} onClick={() => onChoose(entry)}
                >
                  <Face entry={entry} />
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {sections.length === 0 && <p className="palette-empty" role="status">{busy ? 'Looking…' : 'Nothing found.'}</p>}
    </>
  );
}

function Face({ entry }: { entry: Entry }): ReactElement {
  const { kind, title, detail, keys, ranges, unavailable } = entry;
  return (
    <>
      {kind === 'file' && <NodeIcon kind="file" name={title} />}
      {kind === 'run' && <Play size={14} strokeWidth={1.75} aria-hidden="true" className="palette-run" />}
      <span className={kind === 'command' ? 'palette-title' : 'palette-title mono'}>{kind === 'run' && 'Run '}<Marked text={title} ranges={ranges} /></span>
      {detail !== undefined && <span className={unavailable === undefined ? 'palette-detail' : 'palette-detail why'}>{detail}</span>}
      {keys && <kbd>{keys}</kbd>}
      <CornerDownLeft size={12} aria-hidden="true" className="palette-enter" />
    </>
  );
}

function sourcesOf(app: App, found: readonly string[]): Sources {
  return {
    commands: LISTED,
    reasonOf: (command) => command.unavailable?.(app) ?? null,
    recent: app.recent.getState(),
    files: function* paths() {
      // A name with a zero in it stands for what is not loaded.
      const known = new Set<string>();
      for (const { kind, origin, path, name } of app.explorer.loaded) {
        if (kind === 'directory' || origin === 'deleted' || name === '\0') continue;
        known.add(path);
        yield path;
      }
      for (const path of found) if (!known.has(path)) yield path;
    },
    processes: app.processes.getState().list,
  };
}

function act(app: App, { kind, id }: Entry): void {
  const subject = id.slice(id.indexOf(' ') + 1);
  if (kind === 'file') openPath(app, subject);
  else if (kind === 'run') void runPath(app, subject);
  else if (kind === 'process') showPane(app, PROCESSES);
  else {
    const command = COMMANDS.find((each) => each.id === id);
    if (command) runCommand(app, command);
  }
}
