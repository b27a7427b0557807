import { Command } from 'cmdk';
import { useMemo, useState, type ReactElement } from 'react';
import { isProgram, openPath, runPath } from '../actions/index.ts';
import { COMMANDS } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, visibleName } from '../kit/index.ts';
import { searchFiles } from './search-files.ts';
import './palette.css';

const GROUPS = ['Go to', 'Files', 'History', 'Terminal', 'View', 'Help'] as const;

/** Every command, and the files that are loaded in the explorer. */
export function Palette(): ReactElement {
  const app = useApp();
  const [text, setText] = useState('');
  const files = useMemo(() => searchFiles(app.explorer.loaded, text), [app, text]);
  const commands = useMemo(() => matching(text), [text]);
  const close = (): void => app.overlay.setState({ palette: false });
  const choose = (run: () => void) => () => {
    close();
    requestAnimationFrame(run);
  };
  return (
    <Dialog label="Command palette" onClose={close} className="palette">
      <Command label="Command palette" shouldFilter={false} loop>
        <Command.Input className="palette-input" placeholder="Find a file, run a command…" value={text} onValueChange={setText} data-autofocus />
        <Command.List className="palette-list">
          <Command.Empty className="palette-empty">Nothing found. Directories that were never opened are not searched.</Command.Empty>
          {files.length > 0 && (
            <Command.Group heading="Files that are loaded">
              {files.map((path) => <Command.Item key={path} value={path} onSelect={choose(() => openPath(app, path))}><span className="mono">{visibleName(path)}</span></Command.Item>)}
              {files.filter(isProgram).slice(0, 3).map((path) => (
                <Command.Item key={`run ${path}`} value={`run ${path}`} onSelect={choose(() => void runPath(app, path))}>Run <span className="mono">{visibleName(path)}</span></Command.Item>
              ))}
            </Command.Group>
          )}
          {GROUPS.map((group) => {
            const shown = commands.filter((command) => command.group === group && command.id !== 'palette');
            return shown.length > 0 && (
              <Command.Group key={group} heading={group}>
                {shown.map((command) => (
                  <Command.Item key={command.id} value={command.id} onSelect={choose(() => command.run(app))}>
                    <span>{command.title}</span>{command.keys && <kbd>{command.keys}</kbd>}
                  </Command.Item>
                ))}
              </Command.Group>
            );
          })}
        </Command.List>
      </Command>
    </Dialog>
  );
}

function matching(text: string): typeof COMMANDS {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return COMMANDS.filter(({ title, group }) => words.every((word) => `${title} ${group}`.toLowerCase().includes(word)));
}
