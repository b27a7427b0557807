import { useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject, type ReactElement } from 'react';
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Notice } from '../../shared/abi/index.ts';
import { allowFolder, openCommit, openPolicy, refreshFolder, repairStore, takeOver } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import { dismissNotice, dismissToast, mergeNotices, type App, type Toast } from '../stores/index.ts';
import './messages.css';

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: TriangleAlert } as const;

/**
 * Short messages near the foot of the views, above their status lines and the terminal; they give way to a button to save there. The two regions
 * are always there, so that screen readers speak what comes into them. Alt+N takes the keyboard to the newest, Esc back.
 */
export function Toasts(): ReactElement {
  const app = useApp();
  const toasts = useStore(app.messages, (state) => state.toasts);
  const urgent = (toast: Toast): boolean => toast.level === 'error';
  const ref = useRef<HTMLDivElement>(null);
  const aside = useClearOf(ref, toasts);
  return (
    <div ref={ref} className={`toasts${aside ? ' aside' : ''}`} onKeyDown={onKeyDown}>
      <div role="status" aria-label="Messages">{toasts.filter((toast) => !urgent(toast)).map((toast) => <ToastView key={toast.id} toast={toast} />)}</div>
      <div role="alert">{toasts.filter(urgent).map((toast) => <ToastView key={toast.id} toast={toast} />)}</div>
    </div>
  );
}

/** Esc gives the keyboard back to where it was before Alt+N, or to the view. */
function onKeyDown(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  const from = document.querySelector<HTMLElement>('[data-before-toasts]') ?? document.querySelector<HTMLElement>('.dv-active-group [role=tab][aria-selected=true]');
  from?.removeAttribute('data-before-toasts');
  from?.focus();
}

/** Whether the corner where they are has a button in it that must be reached. */
function useClearOf(ref: RefObject<HTMLDivElement | null>, toasts: readonly Toast[]): boolean {
  const [aside, setAside] = useState(false);
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    const centre = ref.current?.parentElement;
    if (!box || !centre || toasts.length === 0) return;
    const right = centre.getBoundingClientRect().right;
    const covered = [...centre.querySelectorAll('.centre-body .btn.primary')].some((button) => {
      const { left, right: end, bottom, top } = button.getBoundingClientRect();
      return end > right - box.width - CORNER && left < right && bottom > box.top && top < box.bottom;
    });
    setAside(covered);
  }, [ref, toasts]);
  return aside;
}

const CORNER = 24;

function ToastView({ toast }: { toast: Toast }): ReactElement {
  const app = useApp();
  const Icon = ICONS[toast.level];
  return (
    <div className={`toast ${toast.level}`}>
      <Icon size={16} aria-hidden="true" className="toast-icon" />
      <div className="toast-text">
        <p className="toast-title">{visibleName(toast.title)}</p>
        {toast.detail && <p className="toast-detail" aria-live="off">{visibleName(toast.detail)}</p>}
        {toast.progress !== undefined && <progress max={1} value={toast.progress} aria-label={toast.title} />}
        {toast.actions?.map(({ label, run }) => <button key={label} type="button" className="btn" onClick={run}>{label}</button>)}
      </div>
      {toast.progress === undefined && (
        <button type="button" className="icon-btn" aria-label="Dismiss" onClick={() => dismissToast(app.messages, toast.id)}><X size={14} aria-hidden="true" /></button>
      )}
    </div>
  );
}

const ACTIONS: Record<NonNullable<Notice['action']>, { label: string; run: (app: App, notice: Notice) => void }> = {
  'take-over': { label: 'Take over', run: (app) => void takeOver(app) },
  reload: { label: 'Reload', run: () => location.reload() },
  'backup-allow': { label: 'Allow', run: (app) => void app.page.backup.allow() },
  policy: { label: 'Open the policy', run: (app) => void openPolicy(app) },
  repair: { label: 'Repair', run: (app) => void repairStore(app) },
  'free-space': { label: 'Review changes', run: (app) => {
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    app.explorer.setView('changes');
  } },
  'folder-allow': { label: 'Allow', run: (app, notice) => void allowFolder(app, folderName(notice)) },
  'folder-refresh': { label: 'Refresh', run: (app, notice) => void refreshFolder(app, folderName(notice)) },
  'folder-resume': { label: 'Go on', run: (app, notice) => openCommit(app, folderName(notice), true) },
};

/** The id of a notice about a folder ends with its name. */
const folderName = ({ id }: Notice): string => id.slice(id.indexOf(':') + 1);

/** Conditions that last: each a banner across the page, until it is resolved or dismissed. */
export function Banners(): ReactElement {
  const app = useApp();
  const notices = useStore(app.messages, (state) => state.notices);
  return (
    <div className="banners">
      {mergeNotices(notices).map((notice) => {
        const action = notice.action && ACTIONS[notice.action];
        return (
          <div key={notice.id} className={`banner ${notice.level}`} role={notice.level === 'info' ? 'status' : 'alert'}>
            <p><b>{visibleName(notice.title)}</b> {visibleName(notice.detail)}</p>
            {action && <button type="button" className="btn" onClick={() => action.run(app, notice)}>{action.label}</button>}
            <button
              type="button" className="icon-btn" aria-label={`Dismiss: ${notice.title}`}
              onClick={() => dismissNotice(app.messages, notice.id)}
            >
              <X size={14} aria-hidden="true" />
            </button>
          </div>
        );
      })}
    </div>
  );
}
