import { type ReactElement } from 'react';
import { useStore } from 'zustand';
import { COMMANDS } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, Menu } from '../kit/index.ts';

export function ContextMenu(): ReactElement | null {
  const app = useApp();
  const menu = useStore(app.overlay, (state) => state.menu);
  return menu && <Menu {...menu} onClose={() => app.overlay.setState({ menu: null })} />;
}

export function ConfirmDialog(): ReactElement | null {
  const app = useApp();
  const asked = useStore(app.overlay, (state) => state.confirmation);
  if (!asked) return null;
  const close = (): void => app.overlay.setState({ confirmation: null });
  return (
    <Dialog label={asked.title} onClose={close} className="confirm">
      <div className="dialog-head"><h2>{asked.title}</h2></div>
      <div className="dialog-content"><p>{asked.detail}</p></div>
      <div className="dialog-bar">
        <button type="button" className="btn" data-autofocus onClick={close}>Cancel</button>
        <button type="button" className="btn danger" onClick={() => { close(); asked.run(); }}>{asked.confirm}</button>
      </div>
    </Dialog>
  );
}

const ELSEWHERE = [
  ['Explorer', 'Arrows, Home, End, letters', 'move'], ['Explorer', 'Enter', 'open'], ['Explorer', 'F2', 'rename'], ['Explorer', 'Delete', 'delete'],
  ['Explorer', 'Ctrl+C', 'copy the path'], ['Explorer', 'Shift+F10', 'all actions'],
  ['Terminal', 'Ctrl+Shift+C', 'copy'], ['Terminal', 'Ctrl+Shift+V', 'paste'], ['Terminal', 'Ctrl+C', 'interrupt the program'],
  ['Terminal', 'Ctrl+R', 'search in the history'], ['Terminal', 'Tab', 'complete; twice, list'], ['Terminal', 'Alt+Enter', 'a further row'],
  ['Terminal', 'Ctrl+K, Ctrl+K', 'send Ctrl+K to the program'], ['Text', 'Ctrl+S', 'save'],
] as const;

export function ShortcutsDialog(): ReactElement | null {
  const app = useApp();
  const shown = useStore(app.overlay, (state) => state.shortcuts);
  if (!shown) return null;
  const close = (): void => app.overlay.setState({ shortcuts: false });
  const rows = [...COMMANDS.flatMap(({ group, keys, title }) => (keys ? [[group, keys, title] as const] : [])), ...ELSEWHERE];
  return (
    <Dialog label="Keyboard shortcuts" onClose={close}>
      <div className="dialog-head"><h2>Keyboard shortcuts</h2></div>
      <div className="dialog-content">
        <table className="keys"><tbody>
          {rows.map(([where, keys, what]) => <tr key={where + keys}><th scope="row">{where}</th><td>{what}</td><td><kbd>{keys}</kbd></td></tr>)}
        </tbody></table>
      </div>
      <div className="dialog-bar"><button type="button" className="btn" onClick={close}>Close</button></div>
    </Dialog>
  );
}
