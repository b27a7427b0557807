import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement, type RefObject } from 'react';
import { Download, List, Maximize2, Minus, Plus, Search, Sparkles } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { Menu, plural, visibleName } from '../kit/index.ts';
import { loadSetting, saveSetting } from '../stores/index.ts';
import { exportMap } from './export.ts';
import type { Graph } from './graph.ts';
import { boundsOf } from './layout.ts';
import { litOf } from './lit.ts';
import { MapCard } from './MapCard.tsx';
import { MapList } from './MapList.tsx';
import { mapModelOf, type MapModel } from './map-model.ts';
import { Picture } from './Picture.tsx';
import { View, ZOOM } from './view.ts';
import { KIND_WORDS } from './wording.ts';
import './map.css';

const SizesPane = lazy(() => import('../sizes/index.ts').then((module) => ({ default: module.SizesPane })));

const TABS = [['map', 'Map'], ['sizes', 'Sizes']] as const;
type Tab = (typeof TABS)[number][0];

/** What is connected with what; and, beside it, what is how large. */
export function MapPane(): ReactElement {
  const [tab, setTab] = useState<Tab>(() => loadSetting('map.tab', 'map' as Tab, (value) => TABS.find(([name]) => name === value)?.[0]));
  const id = useId();
  const choose = (next: Tab): void => {
    setTab(next);
    saveSetting('map.tab', next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const next: Tab = tab === 'map' ? 'sizes' : 'map';
    choose(next);
    document.getElementById(`${id}-${next}`)?.focus();
    event.preventDefault();
  };
  const tabs = (
    <div className="map-tabs" role="tablist" aria-label="Picture" onKeyDown={onKeyDown}>
      {TABS.map(([name, title]) => (
        <button key={name} id={`${id}-${name}`} type="button" role="tab" aria-selected={tab === name} aria-controls={`${id}-panel`} tabIndex={tab === name ? 0 : -1} onClick={() => choose(name)}>{title}</button>
      ))}
    </div>
  );
  return (
    <section className="map" aria-label="Map">
      <div className="map-body" id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tab}`}>
        {tab === 'map' ? <MapTab tabs={tabs} /> : <Suspense fallback={<div className="empty" role="status">Reading…</div>}><SizesPane tabs={tabs} /></Suspense>}
      </div>
    </section>
  );
}

function MapTab({ tabs }: { tabs: ReactElement }): ReactElement {
  const app = useApp();
  const model = mapModelOf(app);
  const state = useStore(model.store);
  const { graph, snapshot, error, places } = state;
  const view = useMemo(() => new View(), []);
  const [query, setQuery] = useState('');
  const [asList, setAsList] = useState(() => loadSetting('map.list', false, (value) => value === true));
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => model.watch(), [model]);
  const found = useMemo(() => findNodes(graph, query), [graph, query]);
  const lit = useMemo(() => litOf(state), [state]);
  const stage = useRef<HTMLDivElement>(null);
  useFitting(view, model, stage);
  const toSearch = (): void => search.current?.select();
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') toSearch();
    else if (event.key === 'Escape' && stage.current?.contains(event.target as Node)) model.select(null);
    else return;
    event.preventDefault();
  };
  const fit = (): void => view.fit(boundsOf(places.values()));
  return (
    <div className="map-tab" onKeyDown={onKeyDown}>
      <div className="map-bar" role="toolbar" aria-label="Map">
        {tabs}
        <MapSearch input={search} query={query} onQuery={setQuery} found={found} onGo={(id) => {
          model.select(id);
          const place = places.get(id);
          if (place) view.center(place);
        }} />
        <span className="gap" />
        <button type="button" className="btn" aria-label="Tidy up" title="Lays everything out anew" disabled={asList} onClick={() => { model.tidy(); view.fit(boundsOf(model.store.getState().places.values())); }}><Sparkles size={14} aria-hidden="true" /><span className="map-word">Tidy up</span></button>
        <button type="button" className="btn" aria-label="As a list" aria-pressed={asList} onClick={() => { setAsList(!asList); saveSetting('map.list', !asList); }}><List size={14} aria-hidden="true" /><span className="map-word">As a list</span></button>
        <ExportButton />
      </div>
      {error !== null && <p className="map-error" role="alert">The map cannot be read: {error}</p>}
      <div className="map-stage" ref={stage}>
        {snapshot === null && error === null && <div className="empty" role="status">Reading…</div>}
        {snapshot !== null && (asList
          ? <MapList model={model} found={found} />
          : <Picture model={model} view={view} found={found} lit={lit} onSearch={toSearch} />)}
        {snapshot !== null && !asList && <ZoomControls view={view} fit={fit} />}
        <MapCard model={model} />
      </div>
      <Legend left={graph.left} />
    </div>
  );
}

/** Wider than this, a card lies beside the picture and not over it. */
const BESIDE_MIN = 640;
const CARD = 292;

/** Shows all once it is there, as more comes, and beside the card, until the user has moved the picture. */
function useFitting(view: View, model: MapModel, stage: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let shown = '';
    return model.store.subscribe(({ places, selected }) => {
      const box = boundsOf(places.values());
      view.covered = selected !== null && (stage.current?.clientWidth ?? 0) > BESIDE_MIN ? CARD : 0;
      const now = `${box.x} ${box.y} ${box.width} ${box.height} ${view.covered}`;
      if (now === shown || view.moved || view.width === 0) return;
      shown = now;
      view.fitReadable(box);
    });
  }, [view, model, stage]);
}

function findNodes(graph: Graph, query: string): ReadonlySet<string> | null {
  const words = query.trim().toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return null;
  const text = ({ title, sub, kind }: Graph['nodes'][number]): string => `${visibleName(title)} ${visibleName(sub)} ${KIND_WORDS[kind]}`.toLowerCase();
  return new Set(graph.nodes.filter((node) => words.every((word) => text(node).includes(word))).map(({ id }) => id));
}

interface MapSearchProps {
  input: RefObject<HTMLInputElement | null>;
  query: string;
  onQuery: (query: string) => void;
  found: ReadonlySet<string> | null;
  onGo: (id: string) => void;
}

/** Enter goes to the first that was found, then to the next. */
function MapSearch({ input, query, onQuery, found, onGo }: MapSearchProps): ReactElement {
  const at = useRef(-1);
  const list = found ? [...found] : [];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onQuery('');
    else if (event.key === 'Enter' && list.length > 0) {
      at.current = (at.current + (event.shiftKey ? list.length - 1 : 1)) % list.length;
      onGo(list[at.current]!);
    } else return;
    event.preventDefault();
  };
  return (
    <search className="map-find" aria-label="Search the map">
      <Search size={14} aria-hidden="true" />
      <input ref={input} className="input map-search" type="text" aria-label="Find in the map" placeholder="Find" spellCheck={false} autoComplete="off" value={query} onChange={(event) => { at.current = -1; onQuery(event.target.value); }} onKeyDown={onKeyDown} />
      <span role="status" className="map-count">{found ? plural(list.length, 'match', 'matches') : ''}</span>
    </search>
  );
}

function ExportButton(): ReactElement {
  const app = useApp();
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  return (
    <>
      <button type="button" className="btn" aria-label="Export" aria-haspopup="menu" aria-expanded={menu !== null} onClick={(event) => { const box = event.currentTarget.getBoundingClientRect(); setMenu({ x: box.left, y: box.bottom + 4 }); }}><Download size={14} aria-hidden="true" /><span className="map-word">Export</span></button>
      {menu && <Menu {...menu} label="Export the map" onClose={() => setMenu(null)} items={[
        { label: 'As SVG', run: () => void exportMap(app, 'svg') },
        { label: 'As PNG', run: () => void exportMap(app, 'png') },
      ]} />}
    </>
  );
}

function ZoomControls({ view, fit }: { view: View; fit: () => void }): ReactElement {
  return (
    <div className="map-zoom" role="group" aria-label="Zoom">
      <button type="button" className="icon-btn" aria-label="Zoom in" title="Zoom in (+)" onClick={() => view.zoom(ZOOM.step)}><Plus size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Zoom out" title="Zoom out (-)" onClick={() => view.zoom(1 / ZOOM.step)}><Minus size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Show all" title="Show all (0)" onClick={fit}><Maximize2 size={14} aria-hidden="true" /></button>
    </div>
  );
}

const LINES = [['read', 'read'], ['write', 'written'], ['message', 'messages'], ['still', 'at rest']] as const;

/** What the lines mean, and what is not in the picture. */
function Legend({ left }: { left: readonly string[] }): ReactElement {
  return (
    <div className="map-legend">
      <ul aria-label="What the lines mean">
        {LINES.map(([name, text]) => <li key={name}><svg width="28" height="8" aria-hidden="true"><path className={`legend-${name}`} d="M1 4H27" /></svg>{text}</li>)}
      </ul>
      {left.length > 0 && <span>and {left.join(', ')}</span>}
      <span className="map-hint"><kbd>Arrows</kbd> move <kbd>Space</kbd> select <kbd>Enter</kbd> open <kbd>/</kbd> find</span>
    </div>
  );
}
