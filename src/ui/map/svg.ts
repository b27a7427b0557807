import { visibleName } from '../kit/index.ts';
import { cut } from './cut.ts';
import type { Flow } from './flow.ts';
import type { Graph, GraphNode } from './graph.ts';
import { boundsOf, curveOf, NODE, type Point } from './layout.ts';
import { liveText, tonesOf } from './live.ts';
import { KIND_WORDS, type EdgeKind } from './wording.ts';

/** Tokens that the picture needs, by name without dashes. */
export type Palette = Readonly<Record<string, string>>;
export const PALETTE = ['bg', 'panel', 'raised', 'line', 'line-strong', 'text', 'mute', 'teal', 'blue', 'violet', 'green'] as const;

export interface SvgOptions {
  graph: Graph;
  places: ReadonlyMap<string, Point>;
  flow: Flow;
  /** Of both themes: the reader's choice decides. One: it is that one. */
  palettes: { night: Palette; day: Palette } | Palette;
  lit: ReadonlySet<string> | null;
  title: string;
}

const MARGIN = 32;
const TITLE_MAX = 23;
const SUB_MAX = 26;

/** Text as XML can have it: what it cannot is named, as everywhere. */
export function xmlText(text: string): string {
  return visibleName(text)
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g, '\ufffd')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

const isBoth = (palettes: SvgOptions['palettes']): palettes is { night: Palette; day: Palette } => 'night' in palettes;

function styleOf(palettes: SvgOptions['palettes']): string {
  const variables = (palette: Palette): string => PALETTE.map((name) => `--${name}:${palette[name] ?? '#888'}`).join(';');
  const both = isBoth(palettes);
  return [
    `svg{${variables(both ? palettes.day : palettes)}}`,
    ...(both ? [`@media(prefers-color-scheme:dark){svg{${variables(palettes.night)}}}`] : []),
    '.bg{fill:var(--panel)}.n rect{fill:var(--raised);stroke:var(--line)}.n.group rect{stroke-dasharray:4 4}.n.upper rect{stroke:var(--green)}.n.read rect{stroke:var(--teal)}.n.write rect{stroke:var(--blue)}.n.message rect{stroke:var(--violet)}',
    '.t{fill:var(--text);font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}.s{fill:var(--mute);font:11px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}.dim{opacity:.3}.faded{opacity:.65}',
    '.e{fill:none;stroke:var(--line-strong);stroke-width:1.5;opacity:.7}.dots{stroke-dasharray:.5 5;stroke-linecap:round}.er,.ew,.em{fill:none;stroke-width:2;stroke-linecap:round}.er{stroke:var(--teal);stroke-dasharray:6 5}.ew{stroke:var(--blue);stroke-dasharray:6 5}.em{stroke:var(--violet);stroke-dasharray:1 6}',
  ].join('');
}

/** The picture as a file of its own: real text, no scripts, nothing from elsewhere. */
export function toSvg({ graph, places, flow, palettes, lit, title }: SvgOptions): string {
  const box = boundsOf([...places].filter(([id]) => graph.byId.has(id)).map(([, place]) => place));
  const [x, y, width, height] = [box.x - MARGIN, box.y - MARGIN, box.width + 2 * MARGIN, box.height + 2 * MARGIN].map(Math.round);
  const tones = tonesOf(graph, flow);
  const edges = graph.edges.map(({ id, from, to, kind }) => {
    const [a, b] = [places.get(from), places.get(to)];
    if (!a || !b) return '';
    const dim = lit !== null && !(lit.has(from) && lit.has(to)) ? ' dim' : '';
    return edgeSvg(curveText(a, b), kind, flow.edges.get(id), dim);
  });
  const nodes = graph.nodes.map((node) => {
    const place = places.get(node.id);
    return place ? nodeSvg(node, place, liveText(node, graph, flow) ?? node.sub, tones.get(node.id), lit !== null && !lit.has(node.id)) : '';
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${xmlText(title)}</title><style>${styleOf(palettes)}</style><rect class="bg" x="${x}" y="${y}" width="${width}" height="${height}"/>`,
    `<g>${edges.join('')}</g><g>${nodes.join('')}</g></svg>`,
  ].join('\n');
}

function curveText(from: Point, to: Point): string {
  const [a, b, c, d] = curveOf(from, to).map(({ x, y }) => `${round(x)} ${round(y)}`);
  return `M${a}C${b} ${c} ${d}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function edgeSvg(path: string, kind: EdgeKind, rate: { read: number; write: number; message: number } | undefined, dim: string): string {
  const dots = kind === 'listens' || kind === 'publishes' ? ' dots' : '';
  const live = rate ? [rate.write > 0 ? 'ew' : '', rate.read > 0 ? 'er' : '', rate.message > 0 ? 'em' : ''].filter(Boolean) : [];
  return [`<path class="e${dots}${dim}" d="${path}"/>`, ...live.map((name) => `<path class="${name}${dim}" d="${path}"/>`)].join('');
}

function nodeSvg(node: GraphNode, { x, y }: Point, sub: string, tone: string | undefined, dim: boolean): string {
  const classes = ['n', tone ?? (node.writable ? 'upper' : ''), node.kind === 'cluster' ? 'group' : '', dim ? 'dim' : '', node.faded ? 'faded' : ''].filter(Boolean).join(' ');
  return `<g class="${classes}" transform="translate(${round(x)} ${round(y)})"><title>${xmlText(`${node.title.slice(0, 500)}, ${KIND_WORDS[node.kind]}`)}</title><rect width="${NODE.width}" height="${NODE.height}" rx="8"/>`
    + `<text class="t" x="14" y="20">${xmlText(cut(node.title, TITLE_MAX))}</text><text class="s" x="14" y="38">${xmlText(cut(sub, SUB_MAX))}</text></g>`;
}
