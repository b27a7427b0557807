import { useEffect, type ReactElement } from 'react';
import { Bell, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { Dialog, formatMoment, visibleName } from '../kit/index.ts';
import { clearMessages, seenMessages, type Said } from '../stores/index.ts';

const LEVELS: Record<Said['level'], { icon: typeof Info; text: string }> = {
  info: { icon: Info, text: 'Note' }, success: { icon: CircleCheck, text: 'Done' }, warning: { icon: TriangleAlert, text: 'Warning' }, error: { icon: TriangleAlert, text: 'Error' },
};

/** Opens the list of what was said; says how much is wrong that was not looked at. */
export function MessagesButton(): ReactElement {
  const app = useApp();
  const unseen = useStore(app.messages, (state) => state.unseen);
  const name = unseen > 0 ? `Messages, ${unseen} not looked at` : 'Messages';
  return (
    <button type="button" className="icon-btn bordered messages-button" aria-label={name} title={`${name} (Alt+Shift+N)`} onClick={() => app.overlay.setState({ said: true })}>
      <Bell size={16} strokeWidth={1.75} aria-hidden="true" />
      {unseen > 0 && <span className="messages-count" aria-hidden="true">{unseen > 9 ? '9+' : unseen}</span>}
    </button>
  );
}

/** What was said on this page, the newest first, also what has gone from the screen. */
export function MessageList(): ReactElement | null {
  const app = useApp();
  const shown = useStore(app.overlay, (state) => state.said);
  return shown ? <Listed /> : null;
}

function Listed(): ReactElement {
  const app = useApp();
  const said = useStore(app.messages, (state) => state.said);
  useEffect(() => seenMessages(app.messages), [app, said]);
  const close = (): void => app.overlay.setState({ said: false });
  return (
    <Dialog label="Messages" onClose={close} className="said">
      <div className="dialog-head"><h2>Messages</h2></div>
      {said.length === 0
        ? <p className="said-none">Nothing was said yet. What the page tells you is kept here, the last hundred, until it is closed.</p>
        : (
          <ul className="said-list" tabIndex={0} aria-label="What was said, the newest first">
            {said.map(({ id, level, title, detail, at }) => {
              const { icon: Icon, text } = LEVELS[level];
              return (
                <li key={id} className={level}>
                  <Icon size={16} strokeWidth={1.75} aria-hidden="true" className="toast-icon" />
                  <div><p className="toast-title"><span className="hidden-text">{text}: </span>{visibleName(title)}</p>{detail && <p className="toast-detail">{visibleName(detail)}</p>}</div>
                  <time dateTime={new Date(at).toISOString()}>{formatMoment(at)}</time>
                </li>
              );
            })}
          </ul>
        )}
      <div className="dialog-bar">
        <button type="button" className="btn" disabled={said.length === 0} onClick={() => clearMessages(app.messages)}>Clear</button>
        <button type="button" className="btn" data-autofocus onClick={close}>Close</button>
      </div>
    </Dialog>
  );
}
