import { Fragment, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { SafeText, visibleName } from '../kit/index.ts';
import type { GraphNode } from './graph.ts';
import { liveText } from './live.ts';
import type { MapModel } from './map-model.ts';
import { actionsOf } from './node-actions.ts';
import { EDGE_WORDS, KIND_WORDS } from './wording.ts';

const CONNECTIONS_MAX = 12;

/** The same as a table: each node with what it is and what it is connected with. */
export function MapList({ model, found }: { model: MapModel; found: ReadonlySet<string> | null }): ReactElement {
  const app = useApp();
  const { graph, selected } = useStore(model.store);
  const nodes = graph.nodes.filter(({ id }) => found === null || found.has(id)).sort((a, b) => a.column - b.column || a.order - b.order);
  return (
    <div className="map-list">
      <table aria-label="What is connected">
        <thead><tr><th scope="col">Name</th><th scope="col">Is a</th><th scope="col">Now</th><th scope="col">Connected with</th><th scope="col"><span className="hidden-text">Actions</span></th></tr></thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.id} className={selected === node.id ? 'selected' : ''}>
              <th scope="row"><button type="button" className="link mono" aria-pressed={selected === node.id} onClick={() => (node.cluster ? model.toggle(node.cluster) : model.select(node.id))}><SafeText text={node.title} max={80} /></button></th>
              <td>{KIND_WORDS[node.kind]}</td>
              <td><SafeText text={liveText(node, graph, model.flow) ?? node.sub} max={100} /></td>
              <td><Connected node={node} model={model} /></td>
              <td><button type="button" className="link" aria-label={`${actionsOf(app, model, node)[0]?.label ?? 'Open'}: ${visibleName(node.title.slice(0, 80))}`} onClick={() => actionsOf(app, model, node)[0]?.run()}>Open</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** By what connects them: `sees a, b; is kept in c`. */
function Connected({ node, model }: { node: GraphNode; model: MapModel }): ReactElement {
  const { graph } = model.store.getState();
  const near = graph.edges.filter(({ from, to }) => from === node.id || to === node.id);
  const byVerb = new Map<string, string[]>();
  for (const { from, to, kind } of near.slice(0, CONNECTIONS_MAX)) {
    const verb = EDGE_WORDS[kind][from === node.id ? 'out' : 'in'];
    byVerb.set(verb, [...(byVerb.get(verb) ?? []), from === node.id ? to : from]);
  }
  return (
    <>
      {[...byVerb].map(([verb, others], at) => (
        <span key={verb}>{at > 0 && '; '}{verb} {others.map((id, place) => <Fragment key={id}>{place > 0 && ', '}<code><SafeText text={graph.byId.get(id)?.title ?? ''} max={48} /></code></Fragment>)}</span>
      ))}
      {near.length > CONNECTIONS_MAX && ` and ${near.length - CONNECTIONS_MAX} more`}
    </>
  );
}
