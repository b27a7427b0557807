import { useState, type ReactElement } from 'react';
import { SafeText, plural } from '../kit/index.ts';
import type { ModuleSummary } from '../wasm/index.ts';

const SHOWN_MAX = 1000;

/** Exports with their kinds and signatures; a function leads to its instructions. */
export function ExportsTab({ module, onFunction }: { module: ModuleSummary; onFunction: (index: number) => void }): ReactElement {
  const [filter, setFilter] = useState('');
  if (module.exports.total === 0) return <div className="empty">It exports nothing: no other program can use it.</div>;
  const wanted = filter.trim().toLowerCase();
  const found = wanted === '' ? module.exports.items : module.exports.items.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <div className="tab-padded">
      {module.exports.total > 20 && <input className="input" type="search" placeholder="Filter by name" aria-label="Filter exports" value={filter} onChange={(event) => setFilter(event.target.value)} />}
      <table className="parts-table">
        <thead><tr><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Signature or limits</th></tr></thead>
        <tbody>
          {found.slice(0, SHOWN_MAX).map(({ name, kind, index, type }, at) => (
            <tr key={at}>
              <th scope="row"><code>{kind === 'function' ? <button type="button" className="link" onClick={() => onFunction(index)}><SafeText text={name} max={120} /></button> : <SafeText text={name} max={120} />}</code></th>
              <td>{kind} {index}</td>
              <td><code><SafeText text={type} /></code></td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length > SHOWN_MAX && <p className="quiet">and {plural(found.length - SHOWN_MAX, 'export')} more: filter to see them</p>}
    </div>
  );
}
