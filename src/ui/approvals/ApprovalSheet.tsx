import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { ShieldQuestionMark } from 'lucide-react';
import { useStore } from 'zustand';
import type { Approval, ApprovalAnswer } from '../../shared/abi/index.ts';
import { POLICY } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { TRUST_WORDS, describeAction, type ActionText } from '../authority/index.ts';
import { SafeText, plural } from '../kit/index.ts';
import { waitingBehind } from '../stores/index.ts';
import { ARM_MS } from './arming.ts';
import { PolicyText, isPolicyChange } from './PolicyChange.tsx';
import { OwnMark } from './TrustMark.tsx';
import { TimeLeft } from './TimeLeft.tsx';
import { useArming } from './use-arming.ts';

interface Answer {
  answer: ApprovalAnswer;
  key: string;
  label: string;
}

const ANSWERS = [
  { answer: 'no', key: 'n', label: 'Deny' }, { answer: 'once', key: 'o', label: 'Once' },
  { answer: 'running', key: 'r', label: 'While it runs' }, { answer: 'always', key: 'a', label: 'Always' },
] as const satisfies Answer[];

/** Of a change of the policy by a program: it is in force, or not. */
const POLICY_ANSWERS = [{ answer: 'no', key: 'n', label: 'Leave it out' }, { answer: 'once', key: 'p', label: 'Put it in force' }] as const satisfies Answer[];
const POLICY_TEXT: ActionText = {
  asks: 'has changed the policy. Is that to be in force?', does: 'change the policy', subject: POLICY, details: [],
  notes: ['The policy decides what all programs may do without asking you. Until you say so the rules from before hold.'],
};

/** One question of a program: over everything else of the page, and only here can it be answered. */
export function ApprovalSheet({ approval }: { approval: Approval }): ReactElement {
  const app = useApp();
  const ref = useRef<HTMLDialogElement>(null);
  const arming = useArming(ref);
  useModal(ref);
  useRecount();
  const { id, pid, rule } = approval;
  const policy = isPolicyChange(approval);
  const answers = policy ? POLICY_ANSWERS : ANSWERS.filter((each) => each.answer !== 'always' || rule !== undefined);
  const later = (): void => app.approvals.putOff(pid);
  const answer = (given: ApprovalAnswer): void => void app.approvals.answer(id, given);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const chosen = answers.find(({ key }) => key === event.key.toLowerCase());
    if (!chosen) return;
    event.preventDefault();
    answer(chosen.answer);
  };
  const text = policy ? POLICY_TEXT : describeAction(approval.action);
  return (
    <dialog
      ref={ref} role="alertdialog" aria-labelledby="approval-title" aria-describedby="approval-about" className={`approval${arming.armed ? ' armed' : ''}`}
      onCancel={(event) => { event.preventDefault(); later(); }} onKeyDown={onKeyDown}
    >
      <div className="approval-head">
        <OwnMark text="Palimpsest asks you, with your mark" />
        <TimeLeft until={approval.expires} />
      </div>
      <div className="approval-content">
        <h2 id="approval-title"><ShieldQuestionMark size={20} aria-hidden="true" /><span><SafeText text={approval.program} max={60} /> {text.asks}</span></h2>
        <div id="approval-about"><What text={text} />{approval.reason !== undefined && <Reason text={approval.reason} />}</div>
        {policy ? <PolicyText /> : <Who approval={approval} />}
        {rule !== undefined && <div className="approval-rule"><p>“Always” adds to <code>/etc/policy.toml</code>:</p><pre className="mono">{ruleLines(rule).map((line, at) => <span key={at}><SafeText text={line} max={300} />{'\n'}</span>)}</pre></div>}
        <Failed />
      </div>
      <Answers answers={answers} armed={arming.armed} onAnswer={answer} clicks={arming.clicks} />
      <More approval={approval} clicks={arming.clicks} onLater={later} />
    </dialog>
  );
}

/** Shown over everything, modal; the focus goes to what denies, and back to where it was. */
function useModal(ref: React.RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('[data-answer=no]')?.focus();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [ref]);
}

const RECOUNT_MS = 1500;

/** What waits behind a question is not told as it comes: the kernel is asked while the sheet is shown. */
function useRecount(): void {
  const app = useApp();
  useEffect(() => {
    const timer = setInterval(() => void app.approvals.refresh().catch(() => undefined), RECOUNT_MS);
    return () => clearInterval(timer);
  }, [app]);
}

function What({ text }: { text: ActionText }): ReactElement {
  return (
    <>
      {text.subject !== '' && <p className="approval-subject mono"><SafeText text={text.subject} max={240} more /></p>}
      {text.details.map(({ label, text: value }) => <p key={label} className="approval-detail"><span>{label}</span> <code><SafeText text={value} max={160} more /></code></p>)}
      {text.notes.length > 0 && <ul className="approval-notes">{text.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
    </>
  );
}

const RULE_LINES = 20;

function ruleLines(rule: string): string[] {
  const lines = rule.trim().split('\n');
  return lines.length <= RULE_LINES ? lines : [...lines.slice(0, RULE_LINES), `… ${lines.length - RULE_LINES} more lines`];
}

/** Never as if the page said it. */
function Reason({ text }: { text: string }): ReactElement {
  return (
    <figure className="approval-reason">
      <figcaption>The program says why, in its own words. Nobody checked them:</figcaption>
      <blockquote><SafeText text={text} max={300} more /></blockquote>
    </figure>
  );
}

function Who({ approval }: { approval: Approval }): ReactElement {
  const { path, hash, trust, declared, pid } = approval;
  const words = TRUST_WORDS[trust];
  return (
    <dl className="approval-who">
      <dt>Program</dt><dd>{path === undefined ? 'a module that was not read from a file' : <code><SafeText text={path} max={120} more /></code>} · process {pid}</dd>
      <dt>Trust</dt><dd><b className={`trust-${trust}`}>{words.text}</b> · {words.about}</dd>
      <dt>Manifest</dt><dd>{declared ? 'declares this' : 'does not declare this, or there is none'}</dd>
      <dt>Hash</dt><dd><Hash hash={hash} /></dd>
    </dl>
  );
}

/** `7c1f…9e04`; pressed, the whole. */
export function Hash({ hash }: { hash: string }): ReactElement {
  const [open, setOpen] = useState(false);
  if (hash === '') return <>no hash: built in, or it came compiled</>;
  return <button type="button" className="link mono hash" aria-expanded={open} aria-label={open ? `BLAKE3 ${hash}` : `BLAKE3 ${hash.slice(0, 4)}…${hash.slice(-4)}, show all of it`} onClick={() => setOpen(!open)}>{open ? hash : `${hash.slice(0, 4)}…${hash.slice(-4)}`}</button>;
}

function Failed(): ReactElement | null {
  const app = useApp();
  const failed = useStore(app.approvals.store, (state) => state.failed);
  return failed === null ? null : <p className="note" role="alert">The answer did not reach the kernel: {failed}</p>;
}

interface AnswersProps {
  answers: readonly Answer[];
  armed: boolean;
  onAnswer: (answer: ApprovalAnswer) => void;
  clicks: () => boolean;
}

function Answers({ answers, armed, onAnswer, clicks }: AnswersProps): ReactElement {
  const press = (answer: ApprovalAnswer) => (event: MouseEvent): void => {
    event.preventDefault();
    if (clicks()) onAnswer(answer);
  };
  return (
    <div className="approval-answers" role="group" aria-label="Answer" style={{ '--arm': `${ARM_MS}ms` } as React.CSSProperties}>
      {answers.map(({ answer, key, label }) => (
        <button key={answer} type="button" className={`btn${answer === 'no' ? ' deny' : ''}`} data-answer={answer} aria-keyshortcuts={key.toUpperCase()} aria-disabled={!armed} onClick={press(answer)}>
          {label} <kbd aria-hidden="true">{key.toUpperCase()}</kbd>
        </button>
      ))}
    </div>
  );
}

function More({ approval, clicks, onLater }: { approval: Approval; clicks: () => boolean; onLater: () => void }): ReactElement {
  const app = useApp();
  const waiting = useStore(app.approvals.store, ({ list }) => waitingBehind(list, approval));
  const others = useStore(app.approvals.store, ({ list }) => list.filter(({ pid }) => pid !== approval.pid).length);
  const asked = useStore(app.approvals.store, (state) => state.asked.get(approval.pid) ?? 0);
  return (
    <div className="approval-more">
      <p role="status">
        {waiting > 0 && <>{plural(waiting, 'more question')} from <SafeText text={approval.program} max={40} />. </>}
        {others > 0 && <>{plural(others, 'question')} of other programs. </>}
      </p>
      {(waiting > 0 || asked > 1) && (
        <button type="button" className="btn danger" title="Denies this, and whatever else it asks until it ends" onClick={() => { if (clicks()) void app.approvals.refuseAll(approval.pid); }}>Deny all of this program</button>
      )}
      <button type="button" className="btn" title="It waits on, until its time is over" onClick={() => { if (clicks()) onLater(); }}>Later <kbd aria-hidden="true">Esc</kbd></button>
    </div>
  );
}
