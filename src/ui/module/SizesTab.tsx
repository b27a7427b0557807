import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { hierarchy, treemap, treemapSquarify, type HierarchyRectangularNode } from 'd3-hierarchy';
import { SafeText, formatBytes, formatCount, visibleName } from '../kit/index.ts';
import type { Calls } from '../reader/index.ts';
import type { SizePart, WasmApi } from '../wasm/index.ts';
import { useSize } from './use-size.ts';

interface SizesTabProps {
  calls: Calls<WasmApi>;
  onFunction: (index: number) => void;
}

/** What the bytes are spent on, as a map of areas or as a table. A group opens on a click. */
export function SizesTab({ calls, onFunction }: SizesTabProps): ReactElement {
  const [root, setRoot] = useState<SizePart | null>(null);
  const [way, setWay] = useState<SizePart[]>([]);
  const [asTable, setAsTable] = useState(false);
  useEffect(() => {
    let gone = false;
    calls.sizes().then((found) => {
      if (!gone) setRoot(found);
    }, () => undefined);
    return () => {
      gone = true;
    };
  }, [calls]);
  if (!root) return <div className="empty" role="status">Counting…</div>;
  const at = way.at(-1) ?? root;
  const open = (part: SizePart): void => {
    if (part.parts) setWay([...way, part]);
    else if (part.index !== undefined) onFunction(part.index);
  };
  return (
    <div className="sizes">
      <div className="sizes-bar">
        <nav aria-label="Where in the module">
          {[root, ...way].map((part, depth) => (
            <span key={depth}>{depth > 0 && <span className="quiet"> / </span>}<button type="button" className="link" aria-current={part === at ? 'true' : undefined} onClick={() => setWay(way.slice(0, depth))}>{visibleName(part.name)}</button></span>
          ))}
          <span className="quiet"> {formatBytes(at.size)}</span>
        </nav>
        <span className="gap" />
        <div className="segments" role="group" aria-label="Show sizes as">
          <button type="button" aria-pressed={!asTable} onClick={() => setAsTable(false)}>Map</button>
          <button type="button" aria-pressed={asTable} onClick={() => setAsTable(true)}>Table</button>
        </div>
      </div>
      {asTable ? <PartsTable of={at} total={root.size} onOpen={open} /> : <AreaMap of={at} total={root.size} onOpen={open} />}
    </div>
  );
}

const TONES = ['blue', 'teal', 'violet', 'orange', 'green', 'cyan', 'yellow', 'red'] as const;

type Area = HierarchyRectangularNode<SizePart>;

function AreaMap({ of, total, onOpen }: { of: SizePart; total: number; onOpen: (part: SizePart) => void }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const areas = useMemo(() => {
    const tree = hierarchy(of, (part) => part.parts).sum((part) => (part.parts ? 0 : part.size)).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
    return treemap<SizePart>().tile(treemapSquarify).size([width, height]).paddingInner(2).paddingTop((node) => (node.depth === 1 && node.children ? 20 : 0)).round(true)(tree);
  }, [of, width, height]);
  return (
    <div ref={box} className="areas" role="group" aria-label={`Sizes within ${visibleName(of.name)}`}>
      {(areas.children ?? []).map((area, index) => <AreaBox key={index} area={area} tone={TONES[index % TONES.length]!} total={total} onOpen={onOpen} />)}
    </div>
  );
}

const place = ({ x0, y0, x1, y1 }: Area, from = { x: 0, y: 0 }) => ({ left: x0 - from.x, top: y0 - from.y, width: x1 - x0, height: y1 - y0 });
const INNER_MAX = 60;

function AreaBox({ area, tone, total, onOpen }: { area: Area; tone: string; total: number; onOpen: (part: SizePart) => void }): ReactElement | null {
  const { data, x0, y0, x1, y1 } = area;
  if (x1 - x0 < 2 || y1 - y0 < 2) return null;
  const text = `${visibleName(data.name.slice(0, 120))}, ${formatBytes(data.size)}, ${((data.size / total) * 100).toFixed(1)} % of the file`;
  const wide = x1 - x0 > 44 && y1 - y0 > 18;
  return (
    <button type="button" className={`area tone-${tone}`} style={place(area)} aria-label={text} title={text} onClick={() => onOpen(data)} disabled={!data.parts && data.index === undefined}>
      {wide && <span className="area-name"><SafeText text={data.name} max={60} /> <span className="area-size">{formatBytes(data.size)}</span></span>}
      {(area.children ?? []).slice(0, INNER_MAX).map((inner, index) => (inner.x1 - inner.x0 < 2 || inner.y1 - inner.y0 < 2 ? null : (
        <span key={index} className="area-inner" style={place(inner, { x: x0, y: y0 })} aria-hidden="true">{inner.x1 - inner.x0 > 60 && inner.y1 - inner.y0 > 16 && <SafeText text={inner.data.name} max={40} />}</span>
      )))}
    </button>
  );
}

function PartsTable({ of, total, onOpen }: { of: SizePart; total: number; onOpen: (part: SizePart) => void }): ReactElement {
  return (
    <div className="tab-padded">
      <table className="parts-table sections">
        <thead><tr><th scope="col">Part</th><th scope="col">Bytes</th><th scope="col">Share</th></tr></thead>
        <tbody>
          {(of.parts ?? []).map((part, at) => (
            <tr key={at}>
              <th scope="row"><code>{part.parts || part.index !== undefined ? <button type="button" className="link" onClick={() => onOpen(part)}><SafeText text={part.name} max={120} /></button> : <SafeText text={part.name} max={120} />}</code></th>
              <td className="number">{formatCount(part.size)}</td>
              <td><span className="share"><i style={{ width: `${(part.size / total) * 100}%` }} /></span><span className="share-text">{((part.size / total) * 100).toFixed(1)} %</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
