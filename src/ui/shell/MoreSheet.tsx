import { useState, type ReactElement } from 'react';
import { FolderTree, Search, SquareTerminal, type LucideIcon } from 'lucide-react';
import { showPane } from '../actions/index.ts';
import { COMMANDS, GROUPS, runCommand, type Command } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import { FIXED, type App } from '../stores/index.ts';
import { PANES } from './panes.ts';
import { Status } from './TopBar.tsx';

interface Place {
  title: string;
  icon: LucideIcon;
  go: (app: App) => void;
}

const PLACES: readonly Place[] = [
  { title: 'Files', icon: FolderTree, go: (app) => app.layout.setState({ sheet: 'files' }) },
  { title: 'Terminal', icon: SquareTerminal, go: (app) => app.layout.setState({ sheet: 'terminal' }) },
  ...FIXED.flatMap((id) => {
    const pane = PANES[id];
    return pane ? [{ title: pane.title, icon: pane.icon, go: (app: App) => showPane(app, id) }] : [];
  }),
];

/** The panes as a grid, and below it every command that can do something now, for windows without a keyboard. */
export function MoreSheet(): ReactElement {
  const app = useApp();
  const [words, setWords] = useState('');
  const all = words.trim() !== '';
  const commands = COMMANDS.filter((command) => (all || command.group !== 'Go to' || !command.id.startsWith('go.')) && fits(command, words) && !command.unavailable?.(app));
  return (
    <section className="more-sheet" aria-label="More">
      <div className="more-find"><Search size={16} aria-hidden="true" /><input className="input" type="search" aria-label="Find an action" placeholder="Find an action" value={words} onChange={(event) => setWords(event.target.value)} /></div>
      {!all && (
        <>
          <ul className="more-places" aria-label="Panes">
            {PLACES.map(({ title, icon: Icon, go }) => (
              <li key={title}><button type="button" onClick={() => go(app)}><Icon size={22} strokeWidth={1.5} aria-hidden="true" />{title}</button></li>
            ))}
          </ul>
          <div className="more-status"><Status /></div>
        </>
      )}
      {GROUPS.map((group) => <Group key={group} group={group} commands={commands.filter((command) => command.group === group)} />)}
      {commands.length === 0 && <p className="more-none" role="status">No action is called so.</p>}
    </section>
  );
}

function Group({ group, commands }: { group: string; commands: readonly Command[] }): ReactElement | null {
  const app = useApp();
  if (commands.length === 0) return null;
  return (
    <section aria-label={group}>
      <h2>{group}</h2>
      <ul>{commands.map((command) => <li key={command.id}><button type="button" className="menu-item" onClick={() => runCommand(app, command)}>{command.title}</button></li>)}</ul>
    </section>
  );
}

function fits({ title, group }: Command, words: string): boolean {
  const text = `${group} ${title}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
