import type { ReactElement } from 'react';
import { TriangleAlert } from 'lucide-react';
import { judge } from '../inspector/index.ts';
import { SafeText, formatBytes, plural } from '../kit/index.ts';
import type { ComponentFacts } from '../wasm/index.ts';
import { SectionsTab } from './SectionsTab.tsx';

const SHOWN_MAX = 300;

/** A component (preview 2): what it takes and gives, and the core modules in it. */
export function ComponentReport({ facts, size }: { facts: ComponentFacts; size: number }): ReactElement {
  const { title, advice } = judge({ format: 'component' });
  return (
    <div className="inspect inspect-panel">
      <p className="inspect-title"><b>{title}</b><span>{formatBytes(size)}</span><span>{plural(facts.modules.length, 'core module')}{facts.nested > 0 && `, ${plural(facts.nested, 'component')} inside`}</span></p>
      <div className="tab-padded component">
        <p className="note" role="alert"><TriangleAlert size={14} aria-hidden="true" /><span><b>It cannot run here. </b>{advice}</span></p>
        {facts.fault && <p className="note" role="alert"><TriangleAlert size={14} aria-hidden="true" /><span>Not all of it could be read. Byte {facts.fault.offset}: {facts.fault.message}</span></p>}
        <Names title="It takes" list={facts.imports} />
        <Names title="It gives" list={facts.exports} />
        <section aria-label="Core modules">
          <h3>Core modules</h3>
          <ul className="core-modules">
            {facts.modules.map(({ at, size: bytes, functions, imports, exports }, index) => (
              <li key={at}>
                <b>Core module {index}</b> <span className="quiet">{formatBytes(bytes)} at 0x{at.toString(16)} · {plural(functions, 'function')} · {plural(exports, 'export')}</span>
                <details className="raw"><summary>{plural(imports.length, 'import')}</summary><ul>{imports.map(({ module, name, type }, each) => <li key={each}><SafeText text={`${module}.${name} ${type}`} /></li>)}</ul></details>
              </li>
            ))}
          </ul>
        </section>
        <section aria-label="Sections"><h3>Sections</h3></section>
      </div>
      <SectionsTab module={{ sections: facts.sections, size }} />
    </div>
  );
}

function Names({ title, list }: { title: string; list: ComponentFacts['imports'] }): ReactElement | null {
  if (list.total === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title} <span className="tab-note">{list.total}</span></h3>
      <ul className="component-names">
        {list.items.slice(0, SHOWN_MAX).map(({ name, kind }, at) => <li key={at}><code><SafeText text={name} /></code> <span className="quiet">{kind}</span></li>)}
        {list.total > SHOWN_MAX && <li className="quiet">and {list.total - SHOWN_MAX} more</li>}
      </ul>
    </section>
  );
}
