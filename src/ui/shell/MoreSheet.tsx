import { type ReactElement } from 'react';
import { COMMANDS, runCommand } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import { Status } from './TopBar.tsx';

/** All commands as a list, for windows without a keyboard. */
export function MoreSheet(): ReactElement {
  const app = useApp();
  return (
    <section className="more-sheet" aria-label="More">
      <div className="more-status"><Status /></div>
      <ul>
        {COMMANDS.filter((command) => command.group !== 'Go to' || command.id === 'palette').map((command) => (
          <li key={command.id}><button type="button" className="menu-item" onClick={() => runCommand(app, command)}>{command.title}</button></li>
        ))}
      </ul>
    </section>
  );
}
