import { memo, type ReactElement } from 'react';
import { visibleName } from '../kit/index.ts';
import { cut } from './cut.ts';
import type { GraphNode } from './graph.ts';
import { iconOf } from './IconSheet.tsx';
import { KIND_WORDS } from './wording.ts';

interface NodeButtonProps {
  node: GraphNode;
  x: number;
  y: number;
  /** In the place of the node's own line while something goes on. */
  live: string | null;
  /** What goes on, by colour; also in `live`. */
  tone: 'read' | 'write' | 'message' | null;
  selected: boolean;
  dim: boolean;
  found: boolean;
  tabbable: boolean;
  edges: number;
}

/** Columns that have room. Text is cut here: a hundred boxes that clip cost more in each frame than all else. */
const TITLE_MAX = 21;
const SUB_MAX = 23;

/** What screen readers are told of a node. */
export function nodeLabel({ kind, title, sub }: GraphNode, live: string | null, edges: number): string {
  return `${visibleName(title.slice(0, 120))}, ${KIND_WORDS[kind]}, ${visibleName(live ?? sub)}${edges > 0 ? `, ${edges} ${edges === 1 ? 'connection' : 'connections'}` : ''}`;
}

export const NodeButton = memo(function NodeButton({ node, x, y, live, tone, selected, dim, found, tabbable, edges }: NodeButtonProps): ReactElement {
  const { id, kind, title, sub, faded, writable, cluster, open = false } = node;
  const classes = ['map-node', `kind-${kind}`, tone && `does-${tone}`, writable && 'writable', faded && 'faded', dim && 'dim', found && 'found', selected && 'selected'].filter(Boolean).join(' ');
  return (
    <button
      type="button" className={classes} data-node={id} style={{ left: x, top: y }} tabIndex={tabbable ? 0 : -1}
      aria-label={nodeLabel(node, live, edges)} {...(cluster ? { 'aria-expanded': open } : { 'aria-pressed': selected })}
    >
      <i className="map-icon" aria-hidden="true" style={{ backgroundImage: `var(--icon-${iconOf(node)})` }} />
      <bdi className="map-title">{cut(title, TITLE_MAX)}</bdi>
      <bdi className="map-sub">{cut(live ?? sub, SUB_MAX)}</bdi>
    </button>
  );
});
