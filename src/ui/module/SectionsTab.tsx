import type { ReactElement } from 'react';
import { SafeText, formatBytes, formatCount } from '../kit/index.ts';
import type { ModuleSummary, Section } from '../wasm/index.ts';

const SHOWN_MAX = 1000;

const hex = (value: number): string => `0x${value.toString(16)}`;

/** The sections in the order of the file: kind, where, how large, how many entries. */
export function SectionsTab({ module: { sections, size } }: { module: Pick<ModuleSummary, 'sections' | 'size'> }): ReactElement {
  return (
    <div className="tab-padded">
      <table className="parts-table sections">
        <thead><tr><th scope="col">Section</th><th scope="col">Id</th><th scope="col">Offset</th><th scope="col">Size</th><th scope="col">Share</th><th scope="col">Entries</th></tr></thead>
        <tbody>{sections.items.slice(0, SHOWN_MAX).map((section) => <SectionRow key={section.at} section={section} total={size} />)}</tbody>
      </table>
      {sections.total > SHOWN_MAX && <p className="quiet">and {formatCount(sections.total - SHOWN_MAX)} more</p>}
    </div>
  );
}

function SectionRow({ section: { id, name, at, body, size, items }, total }: { section: Section; total: number }): ReactElement {
  const share = (size / total) * 100;
  return (
    <tr>
      <th scope="row">{id === 0 && <span className="from">custom </span>}<SafeText text={name} max={80} /></th>
      <td className="number">{id}</td>
      <td className="number" title={`Contents from ${hex(body)}`}>{hex(at)}</td>
      <td className="number" title={`${formatCount(size)} bytes`}>{formatBytes(size)}</td>
      <td><span className="share"><i style={{ width: `${share}%` }} /></span><span className="share-text">{share < 0.1 ? '<0.1' : share.toFixed(1)} %</span></td>
      <td className="number">{items === null ? '' : formatCount(items)}</td>
    </tr>
  );
}
