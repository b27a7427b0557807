import { useEffect, useState, type ReactElement } from 'react';
import { GitCompare } from 'lucide-react';
import type { AuditRecord, DryRunReport } from '../../shared/abi/index.ts';
import { dropLayer, keepSession, mergeLayer, showDiff } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { DECIDED_WORDS, describeRecord } from '../authority/index.ts';
import { Dialog, NameForm, SafeText, formatCount, plural, visibleName } from '../kit/index.ts';
import type { RunCard } from '../stores/index.ts';
import './learn.css';

/** What a dry run would have done: what it changed, apart from the workspace, and what it was refused. */
export function DryRunSheet({ card }: { card: RunCard }): ReactElement {
  const app = useApp();
  const name = visibleName(card.name);
  const close = (): void => app.overlay.setState({ dryRun: null });
  const report = useReport(card.pid);
  return (
    <Dialog label={`What ${name} would have done`} onClose={close} className="learned">
      <div className="dialog-head"><h2>What {name} would have done</h2></div>
      <div className="dialog-content">
        {report === null && <p role="status">Reading…</p>}
        {typeof report === 'string' && <p className="note" role="alert">The report cannot be read: {report}</p>}
        {report !== null && typeof report !== 'string' && <Refused records={report.refused} />}
        <Changed card={card} close={close} />
      </div>
      <div className="dialog-bar"><button type="button" className="btn" data-autofocus onClick={close}>Close</button></div>
    </Dialog>
  );
}

function useReport(pid: number): DryRunReport | string | null {
  const app = useApp();
  const [report, setReport] = useState<DryRunReport | string | null>(null);
  useEffect(() => {
    let gone = false;
    app.client.api.dryRunReport(pid).catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then((next) => {
      if (!gone) setReport(next);
    });
    return () => {
      gone = true;
    };
  }, [app, pid]);
  return report;
}

const SHOWN_MAX = 200;

function Refused({ records }: { records: readonly AuditRecord[] }): ReactElement {
  if (records.length === 0) return <section aria-label="Refused"><h3>Refused</h3><p>Nothing: it did not reach for the network, nor for anything else that a dry run refuses.</p></section>;
  return (
    <section aria-label="Refused">
      <h3>Refused: {plural(records.reduce((sum, { count }) => sum + count, 0), 'call')}</h3>
      <ul className="refused-list">
        {records.slice(0, SHOWN_MAX).map((record) => {
          const { does, subject } = describeRecord(record.action);
          return <li key={record.seq}><b>{does}</b> <code><SafeText text={subject} max={160} more /></code>{record.count > 1 && <span> × {formatCount(record.count)}</span>} <span className="run-quiet">{DECIDED_WORDS[record.by]}</span></li>;
        })}
      </ul>
      {records.length > SHOWN_MAX && <p>and {plural(records.length - SHOWN_MAX, 'more')}, in the audit</p>}
    </section>
  );
}

/** What becomes of its changes is decided here, or later in the layers. */
function Changed({ card, close }: { card: RunCard; close: () => void }): ReactElement {
  const app = useApp();
  const [naming, setNaming] = useState(false);
  const { session } = card;
  const { changes } = card.status;
  if (session === undefined || !changes) return <section aria-label="Changes"><h3>Changes</h3><p>It changed nothing.</p></section>;
  const then = (work: Promise<unknown>): void => void work.then((done) => {
    if (!done) return;
    close();
    app.overlay.setState(({ runCard }) => (runCard?.pid === card.pid ? { runCard: null } : {}));
  });
  const paths = [...changes.written.map((path) => ({ path, gone: false })), ...changes.deleted.map((path) => ({ path, gone: true }))];
  return (
    <section aria-label="Changes">
      <h3>Changes: {plural(paths.length + changes.more, 'path')}, none of them in the workspace</h3>
      <ul className="refused-list">
        {paths.slice(0, SHOWN_MAX).map(({ path, gone }) => <li key={path}>{gone ? <>deleted <del><code><SafeText text={path} /></code></del></> : <>wrote <code><SafeText text={path} /></code></>}</li>)}
      </ul>
      {paths.length + changes.more > SHOWN_MAX && <p>and more: see the differences</p>}
      {naming
        ? <NameForm label="Name of the branch" action="Keep" onClose={() => setNaming(false)} onName={async (to) => {
          const done = await keepSession(app, session, to);
          if (done) then(Promise.resolve(true));
          return done;
        }} />
        : (
          <div className="run-actions" role="group" aria-label="What becomes of its changes">
            <button type="button" className="btn" onClick={() => { close(); showDiff(app, { kind: 'layer', layer: session }); }}><GitCompare size={13} aria-hidden="true" />View differences</button>
            <button type="button" className="btn primary" onClick={() => then(mergeLayer(app, session))}>Merge</button>
            <button type="button" className="btn" onClick={() => setNaming(true)}>Keep…</button>
            <button type="button" className="btn danger" onClick={() => then(dropLayer(app, session))}>Throw away</button>
          </div>
        )}
    </section>
  );
}
