import { memo, useEffect, useState, type MouseEvent, type ReactElement } from 'react';
import { ChevronRight, LoaderCircle, Square, SquareCheck } from 'lucide-react';
import { useApp } from '../app/index.ts';
import { NodeIcon, ORIGINS, formatBytes, formatCount, formatMoment, isTouch, plural, visibleName } from '../kit/index.ts';
import { isGlowing, type TreeNode } from '../stores/index.ts';
import { MarkedName } from './MarkedName.tsx';
import { RenameField } from './RenameField.tsx';
import { keepRow, pressRow } from './press-row.ts';
import { reachOf, type Reach } from './reach.ts';

export interface RowProps {
  node: TreeNode;
  /** Of the node: the row is drawn anew when it has grown. */
  stamp: number;
  top: number;
  height: number;
  position: number;
  siblings: number;
  active: boolean;
  chosen: boolean;
  /** Taken up, to be moved. */
  cut: boolean;
  renaming: boolean;
  /** A press chooses it. */
  selecting: boolean;
  dropTarget: boolean;
  /** The query that found it; null: nothing is filtered. */
  filter: string | null;
}

const INDENT = 14;

/** One entry. */
export const Row = memo(function Row(props: RowProps): ReactElement {
  const { node, top, height, position, siblings, active, chosen, cut, renaming, selecting, dropTarget, filter } = props;
  const app = useApp();
  const target = useLinkTarget(node, props.stamp);
  const directory = node.kind === 'directory';
  const reach = reachOf(app.explorer.store.getState().process, node);
  const classes = ['row', `origin-${node.origin}`, active ? 'active' : '', chosen ? 'chosen' : '', cut ? 'cut' : '', dropTarget ? 'drop-target' : '', reach?.none ? 'unreached' : ''].join(' ');
  const common = {
    role: 'treeitem', 'data-path': node.path, className: classes, style: { height, transform: `translateY(${top}px)`, paddingLeft: 4 + node.depth * INDENT },
    'aria-level': node.depth + 1, 'aria-posinset': position, 'aria-setsize': siblings, 'aria-selected': chosen, tabIndex: active ? 0 : -1,
    onClick: (event: MouseEvent) => pressRow(app, node, event), onFocus: () => app.explorer.focusRow(node.path),
    onDoubleClick: () => keepRow(app, node),
  } as const;
  if (node.more > 0) return <MoreRow node={node} row={common} />;
  return (
    <div {...common} aria-expanded={directory ? node.expanded : undefined} draggable={!renaming && node.parent !== null && !isTouch()} title={titleOf(node, reach)} aria-label={spokenName(node, target, reach, cut)}>
      <Guides depth={node.depth} />
      {isGlowing(node) && <span key={node.glows} className={`glow ${node.glow}`} aria-hidden="true" />}
      {selecting && node.parent && (chosen ? <SquareCheck className="row-check on" size={18} aria-hidden="true" /> : <Square className="row-check" size={18} aria-hidden="true" />)}
      <span className={`twisty${node.expanded ? ' open' : ''}`} aria-hidden="true" onClick={selecting ? (event) => { event.stopPropagation(); if (directory) app.explorer.setExpanded(node, !node.expanded); } : undefined}>
        {directory && (node.loading ? <LoaderCircle size={12} className="spin" /> : <ChevronRight size={14} />)}
      </span>
      <NodeIcon kind={node.kind} name={node.name} open={node.expanded} />
      {renaming ? <RenameField node={node} /> : <span className="row-name"><MarkedName node={node} filter={filter} />{target !== null && <span className="row-target"> → {visibleName(target)}</span>}</span>}
      {node.error && <span className="row-error">cannot be read</span>}
      {reach && reach.tag !== '' && <span className="row-tag" aria-hidden="true">{reach.tag}</span>}
      <span className="row-time" aria-hidden="true">{node.mtime > 0 ? formatMoment(node.mtime) : ''}</span>
      <span className="row-size" aria-hidden="true">{sizeOf(node)}</span>
      <span className="row-mark" aria-hidden="true">{ORIGINS[node.origin].mark}</span>
    </div>
  );
});

/** Stands for what is not loaded of a very large directory. */
function MoreRow({ node, row }: { node: TreeNode; row: object }): ReactElement {
  const text = `and ${formatCount(node.more)} more: filter, or list them in the terminal`;
  return (
    <div {...row} aria-label={text} title={text}>
      <Guides depth={node.depth} />
      <span className="row-more">{text}</span>
    </div>
  );
}

function Guides({ depth }: { depth: number }): ReactElement | null {
  return depth > 1 ? <span className="guides" aria-hidden="true" style={{ left: 12 + INDENT, width: (depth - 1) * INDENT }} /> : null;
}

/** What a link says; null for anything else, and until the kernel has answered. Asked anew when the row has changed. */
function useLinkTarget(node: TreeNode, stamp: number): string | null {
  const app = useApp();
  const { api } = app.client;
  const [target, setTarget] = useState<string | null>(null);
  const { kind } = node;
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
  }, [api, kind, path, stamp]);
  return kind === 'symlink' ? target : null;
}

/** `notes.txt, 1.5 KB, new`; `ls, link to coreutils`. */
function spokenName(node: TreeNode, target: string | null, reach: Reach | null, cut: boolean): string {
  const parts = [
    visibleName(node.name), target === null ? '' : `link to ${visibleName(target)}`, node.kind === 'file' ? formatBytes(node.size) : '',
    node.origin === 'base' ? '' : ORIGINS[node.origin].text, reach?.words ?? '', cut ? 'cut' : '', node.loading ? loadingText(node) : '', node.error ? 'cannot be read' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const loadingText = (node: TreeNode): string => `reading, ${plural(node.children?.length ?? 0, 'entry', 'entries')} so far`;

function titleOf(node: TreeNode, reach: Reach | null): string {
  const parts = [visibleName(node.path), ORIGINS[node.origin].text, node.kind === 'file' ? `${formatCount(node.size)} bytes` : '', node.mtime > 0 ? formatMoment(node.mtime) : '', reach?.words ?? '', visibleName(node.error ?? '')];
  return parts.filter((part) => part !== '').join(' · ');
}

function sizeOf(node: TreeNode): string {
  if (node.kind === 'directory') {
    const count = node.children?.length ?? node.size;
    return count > 0 ? formatCount(count) : '';
  }
  return node.kind === 'file' ? formatBytes(node.size) : '';
}
