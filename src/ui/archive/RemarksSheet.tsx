import { type ReactElement } from 'react';
import type { ArchiveRemark } from '../../shared/abi/index.ts';
import { Dialog, plural, visibleName } from '../kit/index.ts';

interface RemarksSheetProps {
  title: string;
  skipped: readonly ArchiveRemark[];
  notes: readonly ArchiveRemark[];
  more: number;
  onClose: () => void;
}

/** What was left out of an export or import, and why. */
export function RemarksSheet({ title, skipped, notes, more, onClose }: RemarksSheetProps): ReactElement {
  return (
    <Dialog label={title} onClose={onClose}>
      <div className="dialog-head"><h2>{visibleName(title)}</h2></div>
      <div className="dialog-content">
        <Remarks heading="Left out" list={skipped} />
        <Remarks heading="To know" list={notes} />
        {more > 0 && <p>and {plural(more, 'more', 'more')}</p>}
      </div>
      <div className="dialog-bar"><button type="button" className="btn" data-autofocus onClick={onClose}>Close</button></div>
    </Dialog>
  );
}

function Remarks({ heading, list }: { heading: string; list: readonly ArchiveRemark[] }): ReactElement | null {
  if (list.length === 0) return null;
  return (
    <section className="archive-remarks">
      <h3>{heading}: {plural(list.length, 'entry', 'entries')}</h3>
      <ul>{list.map(({ path, why }, index) => <li key={`${index} ${path}`}><code>{visibleName(path)}</code> {visibleName(why)}</li>)}</ul>
    </section>
  );
}
