import { useEffect, useState, type ReactElement } from 'react';
import { ShieldQuestionMark } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { describeAction } from '../authority/index.ts';
import { SafeText, plural, visibleName } from '../kit/index.ts';
import { currentApproval, showToast, type App, type Settled } from '../stores/index.ts';
import { ApprovalSheet } from './ApprovalSheet.tsx';
import { isPolicyChange } from './PolicyChange.tsx';
import { TimeLeft } from './TimeLeft.tsx';
import { quietIn } from './arming.ts';
import './approvals.css';

const typed = { last: -Infinity };
const TYPING = '.terminal-screen, input, textarea, select, [contenteditable]';

/** What programs ask: the sheet with one question, or a line across the page while the user types, or has put it off. */
export function ApprovalHost(): ReactElement | null {
  const app = useApp();
  const list = useStore(app.approvals.store, (state) => state.list);
  const current = useStore(app.approvals.store, currentApproval);
  const ready = useQuiet(current?.id);
  useEffect(() => app.approvals.store.subscribe(({ settled }, before) => {
    for (const each of settled) if (!before.settled.includes(each)) tellSettled(app, each);
  }), [app]);
  useTitle(list.length > 0);
  if (list.length === 0) return null;
  return current && ready ? <ApprovalSheet key={current.id} approval={current} /> : <ApprovalBar />;
}

/** Whether a question may take the focus: not while the user types, for a terminal's keys must not be lost, or answer it. */
function useQuiet(id: number | undefined): boolean {
  const [ready, setReady] = useState<number>();
  useEffect(() => {
    const note = ({ target }: Event): void => {
      if (target instanceof Element && target.closest(TYPING)) typed.last = performance.now();
    };
    window.addEventListener('keydown', note, true);
    return () => window.removeEventListener('keydown', note, true);
  }, []);
  useEffect(() => {
    if (id === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const wait = quietIn(performance.now(), typed.last);
      if (wait > 0) timer = setTimeout(look, wait);
      else setReady(id);
    };
    look();
    return () => clearTimeout(timer);
  }, [id]);
  return id !== undefined && ready === id;
}

/** Seen from other tabs of the browser. */
function useTitle(asked: boolean): void {
  useEffect(() => {
    if (!asked) return undefined;
    const before = document.title;
    document.title = `A program asks · ${before}`;
    return () => {
      document.title = before;
    };
  }, [asked]);
}

function ApprovalBar(): ReactElement | null {
  const app = useApp();
  const list = useStore(app.approvals.store, (state) => state.list);
  const first = list[0];
  if (!first) return null;
  const { asks, subject } = isPolicyChange(first) ? { asks: 'has changed the policy', subject: '' } : describeAction(first.action);
  return (
    <div className="approval-bar" role="status" aria-label="A program asks">
      <ShieldQuestionMark size={16} aria-hidden="true" />
      <p><SafeText text={first.program} max={40} /> {asks} <SafeText text={subject} max={60} />{list.length > 1 && ` · ${plural(list.length - 1, 'more question')}`} · <TimeLeft until={first.expires} /></p>
      <button type="button" className="btn" aria-keyshortcuts="Control+Shift+Y" onClick={() => app.approvals.bringBack()}>Answer <kbd aria-hidden="true">Ctrl+Shift+Y</kbd></button>
    </div>
  );
}

/** Nobody answered: that is told, for the program goes on without. An answer from elsewhere needs no word. */
function tellSettled(app: App, { approval, answer }: Settled): void {
  // A policy that nobody agreed to stays out of force, which has a notice of its own.
  if (answer !== 'timeout' || isPolicyChange(approval)) return;
  const { asks, subject } = describeAction(approval.action);
  showToast(app.messages, {
    level: 'warning', title: `Timed out: nobody answered ${visibleName(approval.program).slice(0, 40)}`,
    detail: `It ${asks} ${visibleName(subject).slice(0, 120)}. It was told that nobody answered, which is not a no: it may ask again.`,
  });
}
