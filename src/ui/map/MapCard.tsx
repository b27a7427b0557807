import { Fragment, useMemo, type ReactElement } from 'react';
import { Radar, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { MapProcess, MapSnapshot } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';
import { TRUST_WORDS, rightsText } from '../authority/index.ts';
import { SafeText, formatBytes, formatMoment, plural, visibleName } from '../kit/index.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { MapModel } from './map-model.ts';
import { actionsOf, reachText } from './node-actions.ts';
import { reachOf, whoReaches, type ReachLine } from './reach.ts';
import { EDGE_WORDS, KIND_WORDS, shortCount } from './wording.ts';

const LISTED_MAX = 40;

/** About the node that is selected: what it is, what it is connected with, and what it reaches in words. */
export function MapCard({ model }: { model: MapModel }): ReactElement | null {
  const app = useApp();
  const { snapshot, graph, selected, reaching } = useStore(model.store);
  const node = selected === null ? undefined : graph.byId.get(selected);
  if (!node || !snapshot) return null;
  const process = snapshot.processes.items.find(({ pid }) => node.kind === 'process' && pid === node.pid);
  const [first] = actionsOf(app, model, node);
  const canReach = node.kind !== 'you' && !node.faded;
  return (
    <aside className="map-card" aria-label={`About ${visibleName(node.title)}`}>
      <header>
        <h3><SafeText text={node.title} max={60} /></h3>
        <span className="map-card-kind">{KIND_WORDS[node.kind]}</span>
        <button type="button" className="icon-btn" aria-label="Close" onClick={() => model.select(null)}><X size={14} aria-hidden="true" /></button>
      </header>
      {process ? <ProcessFacts process={process} model={model} /> : <p className="map-card-sub"><SafeText text={node.sub} max={120} /></p>}
      <div className="map-card-act">
        {canReach && <button type="button" className={reaching ? 'btn' : 'btn primary'} aria-pressed={reaching} onClick={() => model.setReaching(!reaching)}><Radar size={14} aria-hidden="true" />{reachText(node)}</button>}
        {first && <button type="button" className="btn" onClick={first.run}>{first.label}</button>}
      </div>
      {reaching && canReach
        ? (process ? <ReachOfProcess process={process} snapshot={snapshot} graph={graph} model={model} /> : <Reachers node={node} snapshot={snapshot} graph={graph} model={model} />)
        : <Connections node={node} graph={graph} model={model} />}
    </aside>
  );
}

function ProcessFacts({ process, model }: { process: MapProcess; model: MapModel }): ReactElement {
  useStore(model.store, (state) => state.moved);
  const { pid, state, code, cwd, args, started, trust, overlay, refused } = process;
  const rate = model.flow.processes.get(pid);
  return (
    <dl>
      <dt>state</dt><dd>{state === 'exited' ? <span className={code === 0 ? 'map-good' : 'map-bad'}>exit {code}</span> : state} · pid {pid}</dd>
      <dt>since</dt><dd>{formatMoment(started)}</dd>
      {args.length > 0 && <><dt>with</dt><dd className="mono"><SafeText text={args.join(' ')} max={120} /></dd></>}
      <dt>in</dt><dd className="mono"><SafeText text={cwd} max={80} /></dd>
      {overlay !== undefined && <><dt>session</dt><dd className="mono"><SafeText text={overlay} max={60} /></dd></>}
      {rate && <><dt>now</dt><dd>{shortCount(rate.calls)} calls/s · reads {formatBytes(Math.round(rate.read))}/s · writes {formatBytes(Math.round(rate.written))}/s</dd></>}
      {trust && <><dt>trust</dt><dd title={TRUST_WORDS[trust].about}>{TRUST_WORDS[trust].text}</dd></>}
      <dt>refused</dt><dd>{refused === 0 ? 'none' : plural(refused, 'call')}</dd>
    </dl>
  );
}

interface PartProps {
  snapshot: MapSnapshot;
  graph: Graph;
  model: MapModel;
}

function ReachOfProcess({ process, snapshot, graph, model }: PartProps & { process: MapProcess }): ReactElement {
  const { files, others, plain, more } = useMemo(() => reachOf(process, snapshot, graph), [process, snapshot, graph]);
  const nothing = files.length + others.length + plain.length === 0;
  return (
    <section className="map-reach" aria-label={`What ${visibleName(process.name)} can touch`}>
      <h4>It can touch</h4>
      {nothing && <p>Nothing: it computes, and uses what it was given as input and output.</p>}
      <Lines lines={files} title="Files" graph={graph} model={model} />
      <Lines lines={others} title="Beyond files" graph={graph} model={model} />
      {plain.length > 0 && <p>It may {plain.join(' and ')}.</p>}
      {more > 0 && <p>and {plural(more, 'more grant')}</p>}
      <p className="map-note">For all else it must ask you, or it is refused. A rule of your policy may decide otherwise.</p>
    </section>
  );
}

function Lines({ lines, title, graph, model }: { lines: readonly ReachLine[]; title: string; graph: Graph; model: MapModel }): ReactElement | null {
  if (lines.length === 0) return null;
  return (
    <>
      <h5>{title}</h5>
      <ul>
        {lines.slice(0, LISTED_MAX).map(({ node, does, subject }, at) => (
          // The same may be said twice, of two grants.
          <li key={at}><span className="map-does">{does}</span> {node !== null && graph.byId.has(node)
            ? <button type="button" className="link mono" onClick={() => { model.select(node); }}><SafeText text={subject} max={80} /></button>
            : <code><SafeText text={subject} max={80} /></code>}</li>
        ))}
      </ul>
      {lines.length > LISTED_MAX && <p>and {plural(lines.length - LISTED_MAX, 'more')}</p>}
    </>
  );
}

function Reachers({ node, snapshot, graph, model }: PartProps & { node: GraphNode }): ReactElement {
  const who = useMemo(() => whoReaches(node.id, snapshot, graph), [node, snapshot, graph]);
  return (
    <section className="map-reach" aria-label={`Who can touch ${visibleName(node.title)}`}>
      <h4>{who.length === 0 ? 'No program that runs can touch it' : `${plural(who.length, 'program')} can touch it`}</h4>
      <ul>
        {who.slice(0, LISTED_MAX).map(({ process, rights }) => (
          <li key={process.pid}><button type="button" className="link mono" onClick={() => { model.select(`process ${process.pid}`); model.setReaching(true); }}><SafeText text={process.name} max={40} /> · pid {process.pid}</button> {rights.length > 0 && <span className="map-does">may {rightsText(rights)}</span>}</li>
        ))}
      </ul>
      {who.length > LISTED_MAX && <p>and {plural(who.length - LISTED_MAX, 'more program')}</p>}
    </section>
  );
}

function Connections({ node, graph, model }: { node: GraphNode; graph: Graph; model: MapModel }): ReactElement | null {
  const near = graph.edges.filter(({ from, to }) => from === node.id || to === node.id);
  if (near.length === 0) return null;
  return (
    <section aria-label="Connections">
      <ul className="map-links">
        {near.slice(0, LISTED_MAX).map(({ id, from, to, kind }) => {
          const other = graph.byId.get(from === node.id ? to : from);
          return other && <Fragment key={id}><li><span className="map-does">{EDGE_WORDS[kind][from === node.id ? 'out' : 'in']}</span> <button type="button" className="link mono" onClick={() => model.select(other.id)}><SafeText text={other.title} max={48} /></button></li></Fragment>;
        })}
      </ul>
      {near.length > LISTED_MAX && <p>and {plural(near.length - LISTED_MAX, 'more')}</p>}
    </section>
  );
}
