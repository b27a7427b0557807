import { type ReactElement } from 'react';
import { CircleQuestionMark, Moon, Search, Sun, SunMoon } from 'lucide-react';
import { useStore } from 'zustand';
import type { WorkspaceInfo } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';
import { MessagesButton } from '../messages/index.ts';
import { Logo, formatBytes } from '../kit/index.ts';
import { THEME_CHOICES, chooseTheme, type ThemeChoice } from '../stores/index.ts';

/** Name, workspace, palette, transport, storage, theme, help. */
export function TopBar({ narrow }: { narrow: boolean }): ReactElement {
  const app = useApp();
  const info = useStore(app.workspace, (state) => state.info);
  return (
    <header className="top-bar">
      <h1 className="logo"><Logo />palimpsest</h1>
      <span className="workspace" title="The workspace that is open">{info?.name ?? '…'}{info && info.mode !== 'owner' && <em> · {info.mode === 'memory' ? 'not kept' : 'read-only'}</em>}</span>
      <span className="gap" />
      {!narrow && (
        <button type="button" className="btn palette-button" aria-label="Command palette" aria-keyshortcuts="Control+K" onClick={() => app.overlay.setState({ palette: true })}>
          <span>Find a file, run a command…</span><kbd>Ctrl K</kbd>
        </button>
      )}
      <span className="gap" />
      {!narrow && <Status />}
      {narrow && (
        <button type="button" className="icon-btn bordered" aria-label="Command palette" title="Find a file, run a command" onClick={() => app.overlay.setState({ palette: true })}>
          <Search size={16} aria-hidden="true" />
        </button>
      )}
      <MessagesButton />
      <ThemeButton />
      <button type="button" className="icon-btn bordered shortcuts-button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={() => app.overlay.setState({ shortcuts: true })}>
        <CircleQuestionMark size={16} aria-hidden="true" />
      </button>
    </header>
  );
}

/** Transport and storage, also on the phone's sheet. */
export function Status(): ReactElement | null {
  const app = useApp();
  const info = useStore(app.workspace, (state) => state.info);
  const persisted = useStore(app.workspace, (state) => state.persisted);
  if (!info) return null;
  const kept = persisted ? 'The browser keeps it until you delete it' : 'The browser may delete it when space is short';
  const share = info.quota > 0 ? info.usage / info.quota : 0;
  const left = Math.max(0, info.quota - info.usage);
  return (
    <>
      <span className="chip" title="How programs reach the kernel">
        <i className="dot" aria-hidden="true" /><span className="hidden-text">Transport: </span>{info.transport}
      </span>
      {info.quota > 0 && (
        <span className="chip" title={[`${formatBytes(left)} left`, ...(persisted === null ? [] : [kept]), ...info.layers.map(told)].join('. ')}>
          <span className={`meter${share > 0.9 ? ' full' : ''}`} role="meter" aria-label="Storage used" aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}>
            <i style={{ width: `${Math.max(2, Math.min(100, share * 100))}%` }} />
          </span>
          {formatBytes(info.usage)} of {formatBytes(info.quota)}
        </span>
      )}
    </>
  );
}

/** Of what is not stored in the workspace: it comes when it is first used. */
function told({ name, programs, size, download }: WorkspaceInfo['layers'][number]): string {
  return `Beside it the ${name}: ${programs} programs, ${formatBytes(download)} to fetch, ${formatBytes(size)} unpacked`;
}

const THEMES: Record<ThemeChoice, { icon: typeof Sun; text: string }> = {
  system: { icon: SunMoon, text: 'as the system' }, night: { icon: Moon, text: 'night' }, day: { icon: Sun, text: 'day' },
};

function ThemeButton(): ReactElement {
  const app = useApp();
  const choice = useStore(app.theme, (state) => state.choice);
  const { icon: Icon, text } = THEMES[choice];
  const next = THEME_CHOICES[(THEME_CHOICES.indexOf(choice) + 1) % THEME_CHOICES.length] ?? 'system';
  return (
    <button type="button" className="icon-btn bordered" aria-label={`Theme: ${text}`} title={`Theme: ${text}. Press for: ${THEMES[next].text}`} onClick={() => chooseTheme(app.theme, next)}>
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
