import type { Notice, WorkspaceInfo } from '../../shared/abi/index.ts';
import type { Disposable } from '../../shared/base/index.ts';
import { isLost, readMarker, writeMarker, type Palimpsest, type WorkspaceMarker } from '../client/index.ts';
import type { MessagesStore } from './messages.ts';
import { loadSetting, saveSetting } from './persisted.ts';
import type { WorkspaceStore } from './workspace.ts';

interface Keeping {
  readonly workspace: WorkspaceStore;
  readonly messages: MessagesStore;
  readonly page: Pick<Palimpsest, 'backup'>;
}

/** A browser that refused is asked again after so many milliseconds. */
const ASK_AGAIN = 30 * 24 * 3600 * 1000;
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/**
 * Sees to it that the workspace is kept: tells if the browser deleted it since the page was last here, and asks the browser to
 * keep it once there is something of the user's own in it.
 */
export function watchKeeping(app: Keeping, first: WorkspaceInfo): Disposable {
  const marker = readMarker();
  if (isLost(marker, first)) {
    const notice = lostNotice(marker);
    app.messages.setState((state) => ({ notices: [...state.notices, notice] }));
  }
  let last = first;
  const kept = isLost(marker, first) ? null : readMarker();
  // The count of changes comes after the start.
  if (first.mode === 'owner') remember({ ...first, changes: first.changes || (kept?.changes ?? 0) }, kept);
  const backup = app.page.backup.onState((state) => {
    const notices = app.messages.getState().notices.filter(({ id }) => id !== 'backup');
    app.messages.setState({ notices: state.status === 'waiting' ? [...notices, waiting(state.file)] : notices });
  });
  void isPersisted().then((persisted) => app.workspace.setState({ persisted }));
  const unsubscribe = app.workspace.subscribe(({ info }) => {
    if (!info || info === last) return;
    const before = last;
    last = info;
    if (info.mode === 'owner' && (info.journalEntries !== before.journalEntries || info.changes !== before.changes)) remember(info, readMarker());
    // The user is told of a store that is gone while the page is open; the next page need not tell again.
    if (info.mode === 'memory' && before.mode === 'owner') remember({ ...info, journalEntries: 0, changes: 0 }, readMarker());
    if (info.mode === 'owner' && info.journalEntries > before.journalEntries) void askToKeep(app);
  });
  return {
    dispose: () => {
      unsubscribe();
      backup.dispose();
    },
  };
}

function remember({ journalEntries, changes }: WorkspaceInfo, old: WorkspaceMarker | null): void {
  writeMarker({ entries: journalEntries, changes, seen: Date.now(), exported: old?.exported ?? null });
}

function lostNotice({ changes, seen, exported }: WorkspaceMarker): Notice {
  const since = exported === null
    ? 'It was never exported, so it cannot be brought back.'
    : `You exported it last on ${day.format(exported)}: import that file to have it again.`;
  return {
    id: 'lost', level: 'error', title: 'The browser deleted your workspace',
    detail: `It had ${changes} ${changes === 1 ? 'change' : 'changes'} when it was last open, on ${day.format(seen)}. ${since} Browsers do this when space is short or a site is not visited for long; what is here now is a new one.`,
  };
}

/** A browser gives the permission for as long as a page is open: it is asked for again once, by a click. */
function waiting(file: string): Notice {
  return { id: 'backup', level: 'info', title: 'The backup waits', detail: `Allow this page to write to ${file} again, and it goes on.`, action: 'backup-allow' };
}

async function isPersisted(): Promise<boolean> {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
}

/** Asked after the first change of a session, as some browsers ask the user; not again soon after a refusal. */
async function askToKeep(app: Pick<Keeping, 'workspace'>): Promise<void> {
  if (app.workspace.getState().persisted === true) return;
  const asked = loadSetting('persist-asked', 0, (value) => (typeof value === 'number' ? value : undefined));
  if (Date.now() - asked < ASK_AGAIN) return;
  saveSetting('persist-asked', Date.now());
  const persisted = (await isPersisted()) || ((await navigator.storage?.persist?.().catch(() => false)) ?? false);
  app.workspace.setState({ persisted });
}
