import { memo, type ReactElement } from 'react';
import { Antenna, Cable, ChevronDown, ChevronRight, Cpu, Folder, FolderOpen, FolderSymlink, GitBranch, Globe, HardDrive, Layers, Package, Server, User, type LucideIcon } from 'lucide-react';
import { SafeText, visibleName } from '../kit/index.ts';
import type { GraphNode } from './graph.ts';
import { KIND_WORDS, type GraphKind } from './wording.ts';

export const KIND_ICONS: Readonly<Record<GraphKind, LucideIcon>> = {
  you: User, process: Cpu, mount: FolderSymlink, place: Folder, folder: FolderOpen, port: Cable, subject: Antenna, service: Server, layer: Layers, line: GitBranch, host: Globe, cluster: Package,
};

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

/** What screen readers are told of a node. */
export function nodeLabel({ kind, title, sub }: GraphNode, live: string | null, edges: number): string {
  return `${visibleName(title.slice(0, 120))}, ${KIND_WORDS[kind]}, ${visibleName(live ?? sub)}${edges > 0 ? `, ${edges} ${edges === 1 ? 'connection' : 'connections'}` : ''}`;
}

export const NodeButton = memo(function NodeButton({ node, x, y, live, tone, selected, dim, found, tabbable, edges }: NodeButtonProps): ReactElement {
  const { id, kind, title, sub, faded, writable, cluster, open = false } = node;
  const Icon = cluster ? (open ? ChevronDown : ChevronRight) : kind === 'layer' && title === 'layer: base' ? HardDrive : KIND_ICONS[kind];
  const classes = ['map-node', `kind-${kind}`, tone && `does-${tone}`, writable && 'writable', faded && 'faded', dim && 'dim', found && 'found', selected && 'selected'].filter(Boolean).join(' ');
  return (
    <button
      type="button" className={classes} data-node={id} style={{ transform: `translate(${x}px, ${y}px)` }} tabIndex={tabbable ? 0 : -1}
      aria-label={nodeLabel(node, live, edges)} {...(cluster ? { 'aria-expanded': open } : { 'aria-pressed': selected })}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="map-title"><SafeText text={title} max={48} /></span>
      <span className="map-sub"><SafeText text={live ?? sub} max={60} /></span>
    </button>
  );
});
