import { type ReactElement } from 'react';
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Notice } from '../../shared/abi/index.ts';
import { allowFolder, openCommit, openPolicy, refreshFolder, repairStore, takeOver } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { dismissToast, type App, type Toast } from '../stores/index.ts';
import './messages.css';

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: TriangleAlert } as const;

/** Short messages in the corner. The two regions are always there, so that screen readers speak what comes into them. */
export function Toasts(): ReactElement {
  const app = useApp();
  const toasts = useStore(app.messages, (state) => state.toasts);
  const urgent = (toast: Toast): boolean => toast.level === 'error';
  return (
    <div className="toasts">
      <div role="status" aria-label="Messages">{toasts.filter((toast) => !urgent(toast)).map((toast) => <ToastView key={toast.id} toast={toast} />)}</div>
      <div role="alert">{toasts.filter(urgent).map((toast) => <ToastView key={toast.id} toast={toast} />)}</div>
    </div>
  );
}

function ToastView({ toast }: { toast: Toast }): ReactElement {
  const app = useApp();
  const Icon = ICONS[toast.level];
  return (
    <div className={`toast ${toast.level}`}>
      <Icon size={16} aria-hidden="true" className="toast-icon" />
      <div className="toast-text">
        <p className="toast-title">{toast.title}</p>
        {toast.detail && <p className="toast-detail" aria-live="off">{toast.detail}</p>}
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
      {notices.map((notice) => {
        const action = notice.action && ACTIONS[notice.action];
        return (
          <div key={notice.id} className={`banner ${notice.level}`} role={notice.level === 'info' ? 'status' : 'alert'}>
            <p><b>{notice.title}</b> {notice.detail}</p>
            {action && <button type="button" className="btn" onClick={() => action.run(app, notice)}>{action.label}</button>}
            <button
              type="button" className="icon-btn" aria-label={`Dismiss: ${notice.title}`}
              onClick={() => app.messages.setState((state) => ({ notices: state.notices.filter((other) => other.id !== notice.id) }))}
            >
              <X size={14} aria-hidden="true" />
            </button>
          </div>
        );
      })}
    </div>
  );
}
