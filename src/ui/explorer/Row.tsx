import { memo, useEffect, useRef, useState, type ReactElement } from 'react';
import { ChevronRight, LoaderCircle } from 'lucide-react';
import { useStore } from 'zustand';
import { keepFile, openPath, renamePath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { NodeIcon, ORIGINS, formatBytes, formatCount, visibleName } from '../kit/index.ts';
import type { App, TreeNode } from '../stores/index.ts';

interface RowProps {
  node: TreeNode;
  top: number;
  height: number;
  active: boolean;
  renaming: boolean;
  dropTarget: boolean;
}

/** One entry. Reads the node's fields, which change in place, at every version of the explorer. */
export const Row = memo(function Row({ node, top, height, active, renaming, dropTarget }: RowProps): ReactElement {
  const app = useApp();
  useStore(app.explorer.store, (state) => state.version);
  const target = useLinkTarget(node);
  const directory = node.kind === 'directory';
  const origin = ORIGINS[node.origin];
  const classes = ['row', `origin-${node.origin}`, active ? 'active' : '', dropTarget ? 'drop-target' : ''].join(' ');
  return (
    <div
      role="treeitem" data-path={node.path} className={classes} style={{ height, transform: `translateY(${top}px)`, paddingLeft: 4 + node.depth * 14 }}
      aria-level={node.depth + 1} aria-posinset={node.position} aria-setsize={node.siblings} aria-selected={active}
      aria-expanded={directory ? node.expanded : undefined} tabIndex={active ? 0 : -1} draggable={!renaming && node.path !== '/'}
      title={titleOf(node)} aria-label={spokenName(node, target)} onClick={() => press(app, node)} onDoubleClick={() => keepFile(app, node.path)} onFocus={() => app.explorer.activate(node.path)}
    >
      {node.glow && <span key={node.glows} className={`glow ${node.glow}`} aria-hidden="true" />}
      <span className={`twisty${node.expanded ? ' open' : ''}`} aria-hidden="true">
        {directory && (node.loading ? <LoaderCircle size={12} className="spin" /> : <ChevronRight size={14} />)}
      </span>
      <NodeIcon kind={node.kind} name={node.name} open={node.expanded} />
      {renaming ? <RenameField node={node} /> : <span className="row-name">{visibleName(node.name)}{target !== null && <span className="row-target"> → {visibleName(target)}</span>}</span>}
      {node.error && <span className="row-error">cannot be read</span>}
      <span className="row-size" aria-hidden="true">{sizeOf(node)}</span>
      <span className="row-mark" aria-hidden="true">{origin.mark}</span>
    </div>
  );
});

/** What a link says; null for anything else, and until the kernel has answered. Asked anew when the link was written. */
function useLinkTarget(node: TreeNode): string | null {
  const app = useApp();
  const { api } = app.client;
  const [target, setTarget] = useState<string | null>(null);
  const { kind, glows } = node;
  const path = app.explorer.pathOf(node.path);
  useEffect(() => {
    if (kind !== 'symlink') return undefined;
    let current = true;
    const show = (text: string | null): void => {
      if (current) setTarget(text);
    };
    api.readlink(path).then(show, () => show(null));
    return () => {
      current = false;
    };
  }, [api, kind, path, glows]);
  return kind === 'symlink' ? target : null;
}

/** `notes.txt, 1.5 KB, new`; `ls, link to coreutils`. */
function spokenName(node: TreeNode, target: string | null): string {
  const size = node.kind === 'file' ? formatBytes(node.size) : '';
  const origin = node.origin === 'base' ? '' : ORIGINS[node.origin].text;
  return [visibleName(node.name), target === null ? '' : `link to ${visibleName(target)}`, size, origin, node.error ? 'cannot be read' : ''].filter((part) => part !== '').join(', ');
}

function titleOf(node: TreeNode): string {
  return `${visibleName(node.path)} · ${ORIGINS[node.origin].text}${node.error ? ` · ${node.error}` : ''}`;
}

function sizeOf(node: TreeNode): string {
  if (node.kind === 'directory') {
    const count = node.children?.length ?? node.size;
    return count > 0 ? formatCount(count) : '';
  }
  return node.kind === 'file' ? formatBytes(node.size) : '';
}

function press(app: App, node: TreeNode): void {
  app.explorer.activate(node.path);
  if (node.kind === 'directory') app.explorer.setExpanded(node, !node.expanded);
  else if (node.origin !== 'deleted') openPath(app, node.path);
}

function focusActiveRow(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')?.focus());
}

function RenameField({ node }: { node: TreeNode }): ReactElement {
  const app = useApp();
  const ref = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    const dot = node.name.lastIndexOf('.');
    ref.current?.focus();
    ref.current?.setSelectionRange(0, dot > 0 ? dot : node.name.length);
  }, [node]);
  const finish = (keep: boolean, refocus: boolean): void => {
    if (done.current) return;
    done.current = true;
    const name = ref.current?.value ?? '';
    app.explorer.rename(null);
    const renamed = keep ? renamePath(app, node.path, name) : Promise.resolve();
    if (!refocus) return;
    focusActiveRow();
    // The row of the old name went, and the focus with it, unless that was taken elsewhere meanwhile.
    void renamed.then(() => {
      if (document.activeElement === document.body || document.activeElement?.closest('[role=tree]')) focusActiveRow();
    });
  };
  return (
    <input
      ref={ref} className="rename" aria-label={`Rename ${visibleName(node.name)}`} defaultValue={node.name} spellCheck={false}
      onClick={(event) => event.stopPropagation()} onBlur={() => finish(true, false)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(true, true);
        if (event.key === 'Escape') finish(false, true);
      }}
    />
  );
}
