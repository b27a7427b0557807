import { createStore } from 'zustand/vanilla';
import type { Approval, BusMessage, FsChanged, FsRead, Notice, WorkspaceInfo } from '../../shared/abi/index.ts';
import { DisposableStore, type Disposable } from '../../shared/base/index.ts';
import type { KernelClient, Palimpsest } from '../client/index.ts';
import { rememberOwner } from '../launch/index.ts';
import { Approvals, type Settled } from './approvals.ts';
import { Audit } from './audit.ts';
import { Drafts } from './drafts.ts';
import { Explorer } from './explorer.ts';
import { watchKeeping } from './keeping.ts';
import { createDock, type DockStore } from './dock.ts';
import { createLayout, type LayoutStore } from './layout.ts';
import { createMessages, showError, type MessagesStore } from './messages.ts';
import { MyChanges } from './my-changes.ts';
import { createOverlay, type OverlayStore } from './overlay.ts';
import { loadSetting, saveSetting } from './persisted.ts';
import { createProcesses, foldProcessMessage, mergeListing, type ProcessesStore } from './processes.ts';
import { createRecent, noteFile, type RecentStore } from './recent.ts';
import { TRACE, createTabs, markUnsaved, openTab, pathOfTab, type TabsStore } from './tabs.ts';
import { createTerminals, type TerminalsStore } from './terminals.ts';
import { createTour, type TourStore } from './tour.ts';
import { createTheme, type ThemeStore } from './theme.ts';
import { Trace } from './trace.ts';
import { Timeline } from './timeline.ts';
import type { Workspace, WorkspaceStore } from './workspace.ts';


/** Everything that the panes share: the kernel's client, the page's API and the stores. Made once by the root. */
export interface App extends Disposable {
  readonly client: KernelClient;
  readonly page: Palimpsest;
  readonly layout: LayoutStore;
  readonly theme: ThemeStore;
  readonly tabs: TabsStore;
  readonly dock: DockStore;
  readonly recent: RecentStore;
  readonly tour: TourStore;
  readonly messages: MessagesStore;
  readonly processes: ProcessesStore;
  readonly workspace: WorkspaceStore;
  readonly explorer: Explorer;
  readonly timeline: Timeline;
  readonly mine: MyChanges;
  readonly terminals: TerminalsStore;
  readonly overlay: OverlayStore;
  readonly approvals: Approvals;
  readonly audit: Audit;
  /** Leads to system calls: of a run, or about a path. */
  readonly trace: Trace;
  /** Texts that are not saved yet: `store` has their paths, for marks at tabs. */
  readonly drafts: Drafts;
}

export function createApp(client: KernelClient, page: Palimpsest): App {
  const owned = new DisposableStore();
  const screenReader = loadSetting('screen-reader', false, (value) => value === true);
  const app: App = {
    client, page,
    layout: createLayout(), theme: createTheme(), tabs: createTabs(), dock: createDock(), recent: createRecent(), tour: createTour(), messages: createMessages(), processes: createProcesses(),
    workspace: createStore<Workspace>(() => ({ info: null, persisted: null })),
    explorer: new Explorer(client.api), timeline: new Timeline(client.api), mine: new MyChanges(client.api), terminals: createTerminals(), overlay: createOverlay(screenReader),
    approvals: new Approvals(client.api), audit: new Audit(client.api), trace: new Trace(() => {
      app.tabs.setState((tabs) => openTab(tabs, TRACE));
      app.layout.setState({ sheet: 'view' });
    }), drafts: new Drafts(),
    dispose: () => owned.dispose(),
  };
  const unsaved = (): void => app.tabs.setState((tabs) => markUnsaved(tabs, app.drafts.store.getState().paths));
  unsaved();
  owned.defer(app.drafts.store.subscribe(unsaved));
  owned.defer(app.tabs.subscribe(({ active }, before) => {
    const path = active === before.active ? null : pathOfTab(active);
    if (path !== null) noteFile(app.recent, path);
  }));
  owned.defer(app.timeline.store.subscribe(({ point }, before) => {
    if (point !== before.point) void app.explorer.setPoint(point);
  }));
  const leave = (event: BeforeUnloadEvent): void => {
    // Only a text that is too long to be kept is lost.
    if (!app.drafts.flush()) event.preventDefault();
  };
  addEventListener('beforeunload', leave);
  owned.defer(() => removeEventListener('beforeunload', leave));
  owned.defer(app.overlay.subscribe((state) => saveSetting('screen-reader', state.screenReader)));
  return app;
}

/** Connects the stores to the bus and reads what there is. Call when the kernel is ready. */
export function connectApp(app: App, info: WorkspaceInfo): Disposable {
  const owned = new DisposableStore();
  const { api, bus } = app.client;
  const listen = <T>(pattern: string, take: (data: T, message: BusMessage) => void): void =>
    owned.defer(bus.subscribe(pattern, (message) => take(message.data as T, message)));
  app.workspace.setState({ info });
  const failed = (error: unknown): void => void showError(app.messages, 'Could not read the state of the kernel', error);
  // Where messages were dropped, what they said must be read.
  const refresh = throttled(() => void api.workspace().then((now) => app.workspace.setState({ info: now }), failed), WORKSPACE_MS);
  // Of the changes that are there already; the kernel tells of others as they come.
  refresh();
  listen<FsChanged>('fs.changed.>', (changed, { dropped }) => {
    app.explorer.changed(dropped ? { changes: changed.changes, overflow: true } : changed);
    app.timeline.changed();
    if (dropped) refresh();
  });
  listen<FsRead>('fs.read.>', (message) => app.explorer.wasRead(message));
  // A script may start a hundred programs in a second: those who look at the list are told of them together.
  const told: BusMessage[] = [];
  const tell = throttled(() => app.processes.setState(({ list }) => ({ list: told.splice(0).reduce(foldProcessMessage, list) })), PROCESSES_MS);
  listen<unknown>('proc.>', (_data, message) => {
    told.push(message);
    tell();
    if (message.dropped) refreshProcesses(app).catch(failed);
    const [, pid, event] = message.subject.split('.');
    if (event !== 'exit') return;
    app.approvals.ended(Number(pid));
    app.explorer.processEnded(Number(pid));
  });
  const waiting = (): void => void app.approvals.refresh().catch(failed);
  const dropped = ({ dropped: lost }: BusMessage): void => { if (lost) waiting(); };
  listen<Approval>('approval.required', (approval, message) => { app.approvals.required(approval); dropped(message); });
  listen<Pick<Settled, 'answer'> & { id: number }>('approval.given', (given, message) => { app.approvals.given(given); dropped(message); });
  waiting();
  listen<Notice>('notice.raised', (notice) =>
    app.messages.setState((state) => ({ notices: [...state.notices.filter((other) => other.id !== notice.id), notice] })));
  listen<{ id: string }>('notice.cleared', ({ id }) =>
    app.messages.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })));
  listen<WorkspaceInfo>('workspace.changed', (changed) => {
    rememberOwner(changed.mode === 'owner');
    app.workspace.setState({ info: changed });
  });
  const seen = (notices: readonly Notice[]): void => app.messages.setState((state) => ({ notices: [...notices, ...state.notices.filter(({ id }) => notices.every((notice) => notice.id !== id))] }));
  api.notices().then(seen, failed);
  owned.add(watchKeeping(app, info));
  refreshProcesses(app).catch(failed);
  void app.explorer.openFirst();
  return owned;
}

/** Storage used and the count of changes are asked for at most this often, in ms. */
const WORKSPACE_MS = 1000;

/** Ms in which processes that came and went are put together. */
const PROCESSES_MS = 50;

/** Calls `work` once, `pause` ms after the first of any number of calls. */
function throttled(work: () => void, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, pause);
  };
}

/** Takes the kernel's listing: memory and open files change without a message. */
export async function refreshProcesses(app: Pick<App, 'client' | 'processes'>): Promise<void> {
  const listing = await app.client.api.processes();
  app.processes.setState((state) => ({ list: mergeListing(state.list, listing) }));
}
