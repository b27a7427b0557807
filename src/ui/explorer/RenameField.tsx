import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { nameFault, renamePath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import type { TreeNode } from '../stores/index.ts';
import { focusActiveRow } from './focus-row.ts';

/** The name of an entry while it is edited: Enter takes it, Esc gives it up. A name that can be none is said to be so, and stays. */
export function RenameField({ node }: { node: TreeNode }): ReactElement {
  const app = useApp();
  const ref = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const help = useId();
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    const dot = node.kind === 'directory' ? 0 : node.name.lastIndexOf('.');
    ref.current?.focus();
    ref.current?.setSelectionRange(0, dot > 0 ? dot : node.name.length);
  }, [node]);
  const finish = (keep: boolean, refocus: boolean): void => {
    if (done.current) return;
    const name = ref.current?.value ?? '';
    done.current = true;
    app.explorer.rename(null);
    const renamed = keep ? renamePath(app, node.path, name) : Promise.resolve();
    if (!refocus) return;
    focusActiveRow();
    // The row of the old name went, and the focus with it, unless that was taken elsewhere meanwhile.
    void renamed.then(() => {
      if (document.activeElement === document.body || document.activeElement?.closest('[role=tree]')) focusActiveRow();
    });
  };
  const check = (name: string): string | null => {
    const taken = name !== node.name && app.explorer.find(`${node.path.slice(0, -node.name.length)}${name}`);
    const found = name === '' ? null : (nameFault(name) ?? (taken && taken.origin !== 'deleted' ? `${visibleName(name)} is there already.` : null));
    setFault(found);
    return found;
  };
  return (
    <span className="rename-box">
      <input
        ref={ref} className="rename" aria-label={`Rename ${visibleName(node.name)}`} defaultValue={node.name} spellCheck={false} autoComplete="off"
        aria-invalid={fault !== null} aria-describedby={fault === null ? undefined : help}
        onClick={(event) => event.stopPropagation()} onBlur={() => finish(fault === null, false)} onChange={(event) => check(event.target.value)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter' && check(event.currentTarget.value) === null) finish(true, true);
          if (event.key === 'Escape') finish(false, true);
        }}
      />
      {fault !== null && <span id={help} className="rename-fault" role="alert">{fault}</span>}
    </span>
  );
}
