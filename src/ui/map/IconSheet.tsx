import { useLayoutEffect, useRef, type ReactElement } from 'react';
import { Antenna, Cable, ChevronDown, ChevronRight, Cpu, Folder, FolderOpen, FolderSymlink, GitBranch, Globe, HardDrive, Layers, Server, User, type LucideIcon } from 'lucide-react';
import type { GraphNode } from './graph.ts';

/** Icon and token of its colour. */
const ICONS = {
  you: [User, 'mute'], process: [Cpu, 'teal'], ended: [Cpu, 'mute'], mount: [FolderSymlink, 'mute'], place: [Folder, 'mute'], folder: [FolderOpen, 'violet'], port: [Cable, 'cyan'], subject: [Antenna, 'violet'],
  service: [Server, 'cyan'], layer: [Layers, 'blue'], base: [HardDrive, 'blue'], line: [GitBranch, 'violet'], host: [Globe, 'cyan'], folded: [ChevronRight, 'mute'], unfolded: [ChevronDown, 'mute'],
} as const satisfies Record<string, readonly [LucideIcon, string]>;

export function iconOf({ kind, title, faded, open }: GraphNode): keyof typeof ICONS {
  if (kind === 'cluster') return open ? 'unfolded' : 'folded';
  if (kind === 'process') return faded ? 'ended' : 'process';
  return kind === 'layer' && title === 'layer: base' ? 'base' : kind;
}

/**
 * The icons of nodes as background images, in `--icon-…` of what the sheet stands in. An inline picture in each of a hundred nodes made every frame of the page twice as
 * expensive, wherever something moved; images that the boxes have as backgrounds cost nothing.
 */
export function IconSheet({ theme }: { theme: string }): ReactElement {
  const sheet = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    void theme;
    const style = getComputedStyle(document.documentElement);
    for (const holder of sheet.current!.children) {
      const picture = holder.firstElementChild!.cloneNode(true) as SVGElement;
      picture.setAttribute('stroke', style.getPropertyValue(`--${(holder as HTMLElement).dataset['colour']}`).trim());
      sheet.current!.parentElement!.style.setProperty(`--icon-${(holder as HTMLElement).dataset['icon']}`, `url("data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}")`);
    }
  }, [theme]);
  return <span ref={sheet} hidden>{Object.entries(ICONS).map(([name, [Icon, colour]]) => <span key={name} data-icon={name} data-colour={colour}><Icon size={14} strokeWidth={1.75} /></span>)}</span>;
}
