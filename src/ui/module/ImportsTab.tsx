import { useMemo, type ReactElement } from 'react';
import { unknownImports } from '../inspector/index.ts';
import { SafeText, plural } from '../kit/index.ts';
import type { Import, ModuleSummary } from '../wasm/index.ts';
import { GROUPS, meaningOf } from './meanings.ts';

const SHOWN_MAX = 300;

/** Imports by what they mean. */
export function ImportsTab({ module }: { module: ModuleSummary }): ReactElement {
  const groups = useMemo(() => {
    const found = new Map<string, { item: Import; text: string }[]>();
    for (const item of module.imports.items) {
      const { group, text } = meaningOf(item.module, item.name, item.kind);
      const list = found.get(group);
      if (list) list.push({ item, text });
      else found.set(group, [{ item, text }]);
    }
    return GROUPS.flatMap((group) => (found.has(group) ? [{ group, list: found.get(group)! }] : []));
  }, [module]);
  const unknown = useMemo(() => new Set(unknownImports({ imports: module.imports.items, exports: [], memories: [], producers: [], sections: [], functions: 0 })), [module]);
  if (groups.length === 0) return <div className="empty">It imports nothing: it can reach nothing outside of its own memory.</div>;
  return (
    <div className="import-groups">
      {groups.map(({ group, list }) => (
        <section key={group} aria-label={group}>
          <h3>{group} <span className="tab-note">{plural(list.length, 'import')}</span></h3>
          <table className="parts-table">
            <thead className="hidden-text"><tr><th scope="col">Import</th><th scope="col">Signature</th><th scope="col">Meaning</th></tr></thead>
            <tbody>
              {list.slice(0, SHOWN_MAX).map(({ item, text }, at) => (
                // Names may repeat.
                <tr key={at}>
                  <th scope="row"><code><span className="from"><SafeText text={`${item.module}.`} max={80} /></span><wbr /><SafeText text={item.name} max={120} /></code></th>
                  <td><code><SafeText text={item.type} /></code></td>
                  <td>{text}{unknown.has(`${item.module}.${item.name}`) && <span className="unknown"> · not provided here</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {list.length > SHOWN_MAX && <p className="quiet">and {list.length - SHOWN_MAX} more</p>}
        </section>
      ))}
      {module.imports.total > module.imports.items.length && <p className="quiet">{plural(module.imports.total - module.imports.items.length, 'import')} more than are looked at</p>}
    </div>
  );
}
