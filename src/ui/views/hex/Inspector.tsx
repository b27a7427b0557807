import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { inspect } from './inspect.ts';
import type { HexSession } from './hex-session.ts';

/** What the bytes from the cursor on mean. */
export function Inspector({ session }: { session: HexSession }): ReactElement {
  const [little, setLittle] = useState(true);
  const { cursor } = useStore(session.store);
  const rows = inspect(session.bytesAt(cursor.at, 8), little);
  return (
    <aside className="hex-inspector" aria-label="Data inspector">
      <div className="segments" role="group" aria-label="Order of bytes">
        <button type="button" aria-pressed={little} onClick={() => setLittle(true)} title="Little endian">Little</button>
        <button type="button" aria-pressed={!little} onClick={() => setLittle(false)} title="Big endian">Big</button>
      </div>
      <table>
        <tbody>{rows.map(({ type, value }) => <tr key={type}><th scope="row">{type}</th><td title={value ?? undefined}>{value ?? '–'}</td></tr>)}</tbody>
      </table>
    </aside>
  );
}
