import { useEffect, useState, type ReactElement } from 'react';
import { X } from 'lucide-react';
import type { Provenance } from '../../shared/abi/index.ts';
import { goToPoint, restorePath, showDiff, showHistoryOf } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, formatMoment, plural, visibleName } from '../kit/index.ts';

interface WritersProps {
  path: string;
  /** Grows when the file was changed. */
  version: number;
  onClose: () => void;
}

const OPS: Partial<Record<Provenance['op'], string>> = { create: 'created it', write: 'wrote it', rename: 'moved it here', attr: 'changed its times', link: 'linked it', symlink: 'made it' };

const failure = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The runs that wrote a file, newest first: with what is to be seen and had of each. */
export function Writers({ path, version, onClose }: WritersProps): ReactElement {
  const app = useApp();
  const [list, setList] = useState<Provenance[] | string | null>(null);
  useEffect(() => {
    let gone = false;
    app.client.api.historyWriters(path).then((found) => found.toSorted((a, b) => b.seq - a.seq), failure).then((next) => {
      if (!gone) setList(next);
    });
    return () => {
      gone = true;
    };
  }, [app, path, version]);
  return (
    <aside className="writers" aria-label="Who wrote this">
      <div className="writers-head">
        <h3>Who wrote this</h3>
        <button type="button" className="icon-btn" aria-label="Close: who wrote this" onClick={onClose}><X size={14} aria-hidden="true" /></button>
      </div>
      {list === null && <p role="status">Reading…</p>}
      {typeof list === 'string' && <p role="alert">It cannot be read: {list}</p>}
      {Array.isArray(list) && list.length === 0 && <p>It is as it was shipped, or older than the history that is kept.</p>}
      {Array.isArray(list) && list.length > 0 && (
        <>
          <p className="hidden-text">{plural(list.length, 'time')}</p>
          <ol>{list.map((each, at) => <Writer key={each.seq} path={path} written={each} newest={at === 0} />)}</ol>
          <button type="button" className="link" onClick={() => showHistoryOf(app, path)}>Show in the timeline</button>
        </>
      )}
    </aside>
  );
}

function Writer({ path, written, newest }: { path: string; written: Provenance; newest: boolean }): ReactElement {
  const app = useApp();
  const { seq, time, run, name, op, size } = written;
  return (
    <li>
      <p><b>{run === 0 ? 'You' : visibleName(name)}</b> <span className="written">{OPS[op] ?? op}</span></p>
      <p className="written">{formatMoment(time)} · {formatBytes(size)} · entry {seq}</p>
      <p className="writer-actions">
        <button type="button" className="link" aria-label={`View what entry ${seq} changed`} onClick={() => showDiff(app, { kind: 'points', from: seq - 1, to: seq, path })}>View</button>
        <button type="button" className="link" aria-label={`Go there: after entry ${seq}`} onClick={() => void goToPoint(app, seq)}>Go there</button>
        {!newest && <button type="button" className="link" aria-label={`Restore from entry ${seq}`} onClick={() => void restorePath(app, path, seq)}>Restore</button>}
      </p>
    </li>
  );
}
