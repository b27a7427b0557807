import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { ShieldX } from 'lucide-react';
import type { HeldGrant, ProcessGrants } from '../../shared/abi/index.ts';
import { POLICY, openPolicy, revokeGrant } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Hash, OwnMark } from '../approvals/index.ts';
import { ORIGIN_WORDS, Problems, TRUST_WORDS, describeAction } from '../authority/index.ts';
import { SafeText, formatCount, plural, visibleName } from '../kit/index.ts';
import { SampleLink } from '../welcome/index.ts';
import { matching } from './matching.ts';
import { useGrants, type Policy } from './use-grants.ts';
import './grants.css';

/** Who may do what, now; and the rules by which that is decided. */
export function GrantsPane(): ReactElement {
  const { processes, policy, error, refresh } = useGrants();
  const [filter, setFilter] = useState('');
  const shown = processes && matching(processes, filter);
  return (
    <section className="grants" aria-label="Grants">
      <header className="grants-head">
        <h2>Who may do what</h2>
        <OwnMark text="What asks you for more carries your mark" />
      </header>
      <PolicyLine policy={policy} />
      {error !== null && <p className="note" role="alert">The grants cannot be read: {error}</p>}
      <input className="input grants-filter" type="text" aria-label="Filter the grants" placeholder="Filter: program, path, host, subject" spellCheck={false} autoComplete="off" value={filter} onChange={(event) => setFilter(event.target.value)} />
      <div className="grants-list" onKeyDown={moveRow}>
        {shown?.map((process) => <ProcessPart key={process.pid} process={process} onDone={refresh} />)}
        {processes?.length === 0 && <p className="grants-about">No program is running. While one does, what it may touch is listed here, and can be taken back. <SampleLink /></p>}
        {shown?.length === 0 && filter.trim() !== '' && <p className="grants-about">No program that runs, and no grant, has these words.</p>}
        {processes === null && error === null && <p role="status">Reading…</p>}
      </div>
    </section>
  );
}

function PolicyLine({ policy }: { policy: Policy | null }): ReactElement {
  const app = useApp();
  return (
    <div className="grants-policy">
      <p><b>Policy</b> {policy ? `${plural(policy.rules, 'rule')} in force` : '…'} · <code>{POLICY}</code> holds as soon as it is saved.</p>
      <button type="button" className="btn" onClick={() => void openPolicy(app)}>Edit the policy</button>
      {policy && <Problems problems={policy.problems} what={POLICY} onGo={(line) => void openPolicy(app, line)} />}
    </div>
  );
}

/** Arrow keys go from one row to the next. */
function moveRow(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || event.target.tagName !== 'TR') return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('tr[tabindex]')];
  const next = rows[rows.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** Grants of one process that are listed; a program may be given any number. */
const LISTED_MAX = 200;

function ProcessPart({ process, onDone }: { process: ProcessGrants; onDone: () => Promise<void> }): ReactElement {
  const app = useApp();
  const { pid, program, hash, trust, id, grants, refused } = process;
  const live = grants.filter(({ revoked }) => !revoked).length;
  const name = visibleName(program);
  const revoke = (grant?: number): void => void revokeGrant(app, pid, grant).then((done) => { if (done) return onDone(); });
  return (
    <section className="grants-process" aria-label={`Grants of ${name}, process ${pid}`}>
      <div className="grants-who">
        <h3><SafeText text={program} max={60} /></h3>
        <span className="grants-facts">process {pid} · <b className={`trust-${trust}`} title={TRUST_WORDS[trust].about}>{TRUST_WORDS[trust].text}</b>{id !== undefined && <> · <SafeText text={id} max={60} /></>} · <Hash hash={hash} /></span>
        {refused > 0 && <span className="grants-refused">{plural(refused, 'call')} refused</span>}
        <button type="button" className="btn danger" disabled={live === 0} aria-label={`Revoke all of ${name}, process ${pid}`} onClick={() => revoke()}>Revoke all</button>
      </div>
      {grants.length === 0
        ? <p className="grants-about">Nothing: it computes, and reads and writes what it was given as input and output.</p>
        : (
          <table aria-label={`Grants of ${name}`}>
            <thead><tr><th scope="col">May</th><th scope="col">From</th><th scope="col" className="num">Uses</th><th scope="col"><span className="hidden-text">Actions</span></th></tr></thead>
            <tbody>{grants.slice(0, LISTED_MAX).map((grant) => <GrantRow key={grant.id} grant={grant} onRevoke={revoke} />)}</tbody>
          </table>
        )}
      {grants.length > LISTED_MAX && <p className="grants-about">and {plural(grants.length - LISTED_MAX, 'more grant')}: filter them</p>}
    </section>
  );
}

function GrantRow({ grant, onRevoke }: { grant: HeldGrant; onRevoke: (grant?: number) => void }): ReactElement {
  const { id, action, summary, origin, uses, revoked } = grant;
  const { does, subject, notes } = describeAction(action);
  const wide = action.kind === 'http' ? undefined : notes.at(-1);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Delete' || revoked) return;
    event.preventDefault();
    onRevoke(event.shiftKey ? undefined : id);
  };
  return (
    <tr tabIndex={0} className={revoked ? 'revoked' : ''} onKeyDown={onKeyDown}>
      <th scope="row" title={visibleName(summary)}><span>{action.kind === 'http' ? <SafeText text={summary} max={160} /> : <>{does} {subject !== '' && <code><SafeText text={subject} max={160} /></code>}</>}</span>{wide !== undefined && <small className="grants-wide">{wide}</small>}</th>
      <td>{ORIGIN_WORDS[origin]}</td>
      <td className="num">{formatCount(uses)}</td>
      <td className="grants-act">
        {revoked
          ? <span className="grants-gone"><ShieldX size={14} aria-hidden="true" /> revoked</span>
          : <button type="button" className="btn danger" tabIndex={-1} aria-label={`Revoke: ${visibleName(summary)}`} title="Its next call that needs this fails; Delete. All of it: Shift+Delete" onClick={() => onRevoke(id)}>Revoke</button>}
      </td>
    </tr>
  );
}
