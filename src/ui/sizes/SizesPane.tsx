import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement, type RefObject } from 'react';
import { CornerLeftUp, List, RefreshCw } from 'lucide-react';
import type { SizeReport, SizesBy } from '../../shared/abi/index.ts';
import { dirname } from '../../shared/base/index.ts';
import { copyText, openPath, showInExplorer } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Menu, SafeText, formatBytes, formatCount, plural, visibleName, type MenuEntry } from '../kit/index.ts';
import { loadSetting, saveSetting, type App } from '../stores/index.ts';
import { isClosed, layOutTiles, tileTowards, type Tile } from './treemap-layout.ts';
import { useSizes } from './use-sizes.ts';
import './sizes.css';

const BY: readonly (readonly [SizesBy, string])[] = [['layer', 'By layer'], ['run', 'By run'], ['kind', 'By kind']];
/** Of groups, in their order; more have the last. */
const COLOURS = ['blue', 'teal', 'violet', 'orange', 'green', 'yellow', 'cyan', 'red', 'mute'] as const;
export const colourOf = (group: number): string => COLOURS[Math.min(group, COLOURS.length - 1)]!;

/** Files as areas: what is large, and where it comes from. */
export function SizesPane({ tabs }: { tabs: ReactElement }): ReactElement {
  const app = useApp();
  const [path, setPath] = useState('/');
  const [by, setBy] = useState<SizesBy>(() => loadSetting('sizes.by', 'layer' as SizesBy, (value) => BY.find(([name]) => name === value)?.[0]));
  const [asTable, setAsTable] = useState(() => loadSetting('sizes.table', false, (value) => value === true));
  const { report, error, busy, refresh } = useSizes(path, by);
  const up = path === '/' ? null : dirname(path);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Backspace' || up === null || (event.target as Element).tagName === 'INPUT') return;
    event.preventDefault();
    setPath(up);
  };
  return (
    <div className="sizes" onKeyDown={onKeyDown}>
      <div className="map-bar" role="toolbar" aria-label="Sizes">
        {tabs}
        <div className="map-tabs sizes-by" role="group" aria-label="Coloured">
          {BY.map(([name, title]) => <button key={name} type="button" aria-pressed={by === name} onClick={() => { setBy(name); saveSetting('sizes.by', name); }}>{title}</button>)}
        </div>
        <span className="gap" />
        <button type="button" className="btn" aria-label="As a table" aria-pressed={asTable} onClick={() => { setAsTable(!asTable); saveSetting('sizes.table', !asTable); }}><List size={14} aria-hidden="true" /><span className="map-word">As a table</span></button>
        <button type="button" className="btn" aria-label="Count again" disabled={busy} onClick={refresh}><RefreshCw size={14} className={busy ? 'spin' : ''} aria-hidden="true" /></button>
      </div>
      <div className="sizes-where">
        <button type="button" className="icon-btn" aria-label="Up" title="Up (Backspace)" disabled={up === null} onClick={() => { if (up !== null) setPath(up); }}><CornerLeftUp size={14} aria-hidden="true" /></button>
        <Crumbs path={path} onGo={setPath} />
        {report && <span className="sizes-total" role="status">{formatBytes(report.root.bytes)} in {plural(report.root.files, 'file')}{report.truncated && ', and more that were not counted'}</span>}
      </div>
      {error !== null && <p className="map-error" role="alert">The sizes cannot be read: {visibleName(error)} {up !== null && <button type="button" className="link" onClick={() => setPath(up)}>Go up</button>}</p>}
      {!report && error === null && <div className="empty" role="status">Counting…</div>}
      {report && (asTable ? <SizeTable report={report} onGo={setPath} /> : <Treemap report={report} onGo={setPath} />)}
      {report && <Groups report={report} />}
      <p className="sizes-note">Files of the workspace. <code>/tmp</code>, and what services make up, are not in it.</p>
      <span className="hidden-text" role="status">{app && busy ? 'Counting' : ''}</span>
    </div>
  );
}

function Crumbs({ path, onGo }: { path: string; onGo: (path: string) => void }): ReactElement {
  const parts = path.split('/').filter((part) => part !== '');
  return (
    <nav aria-label="Directory that is shown">
      <ol className="sizes-crumbs mono">
        <li><button type="button" className="link" aria-label="Top" onClick={() => onGo('/')}>/</button></li>
        {parts.map((part, at) => {
          const to = `/${parts.slice(0, at + 1).join('/')}`;
          return <li key={to}>{at > 0 && '/'}<button type="button" className="link" {...(at === parts.length - 1 && { 'aria-current': 'location' as const })} onClick={() => onGo(to)}><SafeText text={part} max={40} /></button></li>;
        })}
      </ol>
    </nav>
  );
}

function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current!;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

const labelOf = ({ node: { name, kind, bytes, files } }: Tile, root: number, group: string): string =>
  `${visibleName(name.slice(0, 120))}, ${kind === 'others' ? 'the rest' : kind}, ${formatBytes(bytes)}, ${share(bytes, root)}${kind === 'file' ? '' : `, ${plural(files, 'file')}`}, ${visibleName(group)}`;

function share(bytes: number, of: number): string {
  const percent = of === 0 ? 0 : (bytes / of) * 100;
  return percent < 0.1 ? 'under 0.1 %' : `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Arrows go from tile to tile, Enter or a press into a directory or to a file, Backspace up. */
function Treemap({ report, onGo }: { report: SizeReport; onGo: (path: string) => void }): ReactElement {
  const app = useApp();
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const tiles = useMemo(() => layOutTiles(report.root, report.path, width, height), [report, width, height]);
  const [focused, setFocused] = useState(0);
  const [hovered, setHovered] = useState<{ tile: Tile; x: number; y: number } | null>(null);
  const [menu, setMenu] = useState<{ tile: Tile; x: number; y: number } | null>(null);
  const at = Math.min(focused, tiles.length - 1);
  const tileOf = (target: EventTarget): number => Number((target as Element).closest<HTMLElement>('[data-tile]')?.dataset['tile'] ?? -1);
  const open = (tile: Tile | undefined): void => {
    if (!tile || tile.node.kind === 'others') return;
    if (tile.node.kind === 'directory') onGo(tile.path);
    else openPath(app, tile.path);
  };
  const focusTile = (index: number): void => {
    if (index < 0) return;
    setFocused(index);
    frame.current?.querySelector<HTMLElement>(`[data-tile="${index}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key.startsWith('Arrow')) focusTile(tileTowards(tiles, at, event.key));
    else if (event.key === 'Enter') open(tiles[tileOf(event.target)]);
    else return;
    event.preventDefault();
  };
  const onContextMenu = (event: MouseEvent): void => {
    const tile = tiles[tileOf(event.target)];
    if (!tile) return;
    event.preventDefault();
    const box = (event.target as Element).getBoundingClientRect();
    setMenu({ tile, x: event.clientX || box.left, y: event.clientY || box.bottom });
  };
  return (
    <div
      ref={frame} className="sizes-map" role="group" aria-label={`Sizes in ${visibleName(report.path)}`} onKeyDown={onKeyDown} onContextMenu={onContextMenu}
      onClick={(event) => { const index = tileOf(event.target); setFocused(Math.max(0, index)); open(tiles[index]); }}
      onPointerMove={(event) => { const tile = tiles[tileOf(event.target)]; const box = frame.current!.getBoundingClientRect(); setHovered(tile ? { tile, x: event.clientX - box.left, y: event.clientY - box.top } : null); }}
      onPointerLeave={() => setHovered(null)}
    >
      {tiles.length === 0 && <p className="empty">Nothing here takes up space.</p>}
      {tiles.map((tile, index) => {
        const { node } = tile;
        const parent = node.kind === 'directory' && node.children !== undefined && !isClosed(tile.width, tile.height);
        const text = tile.width > 44 && tile.height > 18;
        return (
          <button
            key={`${tile.path} ${node.kind}`} type="button" data-tile={index} tabIndex={index === at ? 0 : -1} aria-label={labelOf(tile, report.root.bytes, report.groups[node.group]?.label ?? '')}
            className={`tile tile-${node.kind}${parent ? ' tile-open' : ''} group-${colourOf(node.group)}`} style={{ left: tile.x, top: tile.y, width: tile.width, height: tile.height }}
          >
            {text && <><span className="tile-name"><SafeText text={node.name} max={48} /></span>{(parent ? tile.width > 120 : tile.height > 36) && <span className="tile-size">{formatBytes(node.bytes)}</span>}</>}
          </button>
        );
      })}
      {hovered && (
        <div className="sizes-tip" aria-hidden="true" style={{ left: Math.min(hovered.x + 12, Math.max(0, width - 260)), top: hovered.y > height / 2 ? hovered.y - 88 : hovered.y + 16 }}>
          <b className="mono"><SafeText text={hovered.tile.node.name} max={80} /></b>
          <span>{formatBytes(hovered.tile.node.bytes)} · {share(hovered.tile.node.bytes, report.root.bytes)}{hovered.tile.node.kind !== 'file' && ` · ${plural(hovered.tile.node.files, 'file')}`}</span>
          <span><SafeText text={report.groups[hovered.tile.node.group]?.label ?? ''} max={60} /></span>
        </div>
      )}
      {menu && <Menu x={menu.x} y={menu.y} label="Actions for what is here" items={menuOf(app, menu.tile, () => open(menu.tile))} onClose={() => setMenu(null)} />}
    </div>
  );
}

function menuOf(app: App, { path, node }: Tile, open: () => void): MenuEntry[] {
  return [
    ...(node.kind === 'others' ? [] : [{ label: node.kind === 'directory' ? 'Zoom in' : 'Open', run: open }]),
    { label: 'Show in the explorer', run: () => showInExplorer(app, path) },
    { label: 'Copy the path', run: () => void copyText(app, path, 'the path') },
  ];
}

/** What the colours mean, with how much there is of each. */
function Groups({ report }: { report: SizeReport }): ReactElement {
  return (
    <ul className="sizes-groups" aria-label="What the colours mean">
      {report.groups.map(({ key, label, bytes, files }, at) => (
        <li key={key}><i className={`sizes-dot group-${colourOf(at)}`} aria-hidden="true" /><SafeText text={label} max={48} /> <span className="sizes-mute">{formatBytes(bytes)} · {formatCount(files)}</span></li>
      ))}
    </ul>
  );
}

function SizeTable({ report, onGo }: { report: SizeReport; onGo: (path: string) => void }): ReactElement {
  const app = useApp();
  const { root, groups, path } = report;
  const below = (name: string): string => `${path === '/' ? '' : path}/${name}`;
  return (
    <div className="sizes-table map-list">
      <table aria-label={`Sizes in ${visibleName(path)}`}>
        <thead><tr><th scope="col">Name</th><th scope="col" className="num">Size</th><th scope="col" className="num">Share</th><th scope="col" className="num">Files</th><th scope="col">Mostly</th></tr></thead>
        <tbody>
          {(root.children ?? []).map(({ name, kind, bytes, files, group }) => (
            <tr key={`${kind} ${name}`}>
              <th scope="row">{kind === 'others' ? <SafeText text={name} max={80} /> : <button type="button" className="link mono" onClick={() => (kind === 'directory' ? onGo(below(name)) : openPath(app, below(name)))}><SafeText text={name} max={80} />{kind === 'directory' && '/'}</button>}</th>
              <td className="num">{formatBytes(bytes)}</td><td className="num">{share(bytes, root.bytes)}</td><td className="num">{formatCount(files)}</td><td><SafeText text={groups[group]?.label ?? ''} max={60} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
