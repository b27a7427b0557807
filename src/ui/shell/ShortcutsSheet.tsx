import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { COMMANDS, ELSEWHERE, GROUPS } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, Marked, fuzzyMatch } from '../kit/index.ts';

interface Row {
  where: string;
  keys: string;
  what: string;
}

const ROWS: readonly Row[] = [
  ...GROUPS.flatMap((group) => COMMANDS.flatMap(({ group: where, keys, title }) => (keys && where === group ? [{ where, keys, what: title }] : []))),
  ...ELSEWHERE.map(([where, keys, what]) => ({ where, keys, what })),
];

/** All keys by where they count, found by what they do or by the key. */
export function ShortcutsSheet(): ReactElement | null {
  const app = useApp();
  const shown = useStore(app.overlay, (state) => state.shortcuts);
  return shown ? <Sheet onClose={() => app.overlay.setState({ shortcuts: false })} /> : null;
}

function Sheet({ onClose }: { onClose: () => void }): ReactElement {
  const [text, setText] = useState('');
  const rows = ROWS.filter(({ where, keys, what }) => found(text, where, keys, what));
  const groups = [...new Set(rows.map(({ where }) => where))];
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose} className="shortcuts">
      <div className="dialog-head">
        <h2>Keyboard shortcuts</h2>
        <input className="input" type="search" aria-label="Find a key" placeholder="Find by what it does, or by the key" value={text} data-autofocus spellCheck={false} onChange={(event) => setText(event.target.value)} />
      </div>
      {/* It scrolls, so that the keyboard must reach it. */}
      <div className="dialog-content" role="group" aria-label="Keys" tabIndex={0}>
        {groups.length === 0 && <p role="status">No key does that. The palette (Ctrl+K) has commands without keys too.</p>}
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <table className="keys"><tbody>
              {rows.filter(({ where }) => where === group).map(({ keys, what }) => (
                <tr key={keys + what}><th scope="row"><Marked text={what} ranges={fuzzyMatch(text, what)?.ranges ?? []} /></th><td>{keys.split(', ').map((key) => <kbd key={key}>{key}</kbd>)}</td></tr>
              ))}
            </tbody></table>
          </section>
        ))}
      </div>
      <div className="dialog-bar"><span className="grow">On a Mac, Ctrl is also ⌘</span><button type="button" className="btn" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}

/** By words that are there, or letters of the key: what is only far alike would be noise in a list this long. */
function found(text: string, where: string, keys: string, what: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' || keys.toLowerCase().replaceAll(' ', '').includes(wanted.replaceAll(' ', ''))) return true;
  const whole = `${what} ${where}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => whole.includes(word)) || (fuzzyMatch(text, what)?.score ?? 0) > wanted.length * 3;
}
