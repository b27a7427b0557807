import { DEFAULT_LAYOUT, closeTab, diffTab, fileTab, keepTab, openTab, reopenTab, resetTabs, type App, type DiffSpec, type OpenAs, type TabId } from '../stores/index.ts';

/** Shows one of the fixed panes; opens it where it was closed. */
export function showPane(app: App, id: TabId): void {
  app.tabs.setState((tabs) => openTab(tabs, id));
  app.layout.setState({ sheet: 'view' });
}

/** Shows a tab that is open. One that is only looked at is so still. */
export function showView(app: App, id: TabId): void {
  app.tabs.setState((tabs) => openTab(tabs, id, 'look'));
}

/** Shows a comparison: to look at, until it is kept. */
export function showDiff(app: App, spec: DiffSpec, as: OpenAs = 'look'): void {
  app.tabs.setState((tabs) => openTab(tabs, diffTab(spec), as));
  app.layout.setState({ sheet: 'view' });
}

/** Opens a file to keep, or keeps the tab of one that was only looked at: on a double click, and when it is edited. */
export function keepFile(app: App, path: string): void {
  keepView(app, fileTab(path));
}

/** The tab stays, which the next one that is looked at would have replaced. */
export function keepView(app: App, id: TabId = app.tabs.getState().active): void {
  app.tabs.setState((tabs) => keepTab(tabs, id));
}

export function closeView(app: App, id: TabId = app.tabs.getState().active): void {
  app.tabs.setState((tabs) => closeTab(tabs, id));
}

export function closeViews(app: App, ids: readonly TabId[]): void {
  app.tabs.setState((tabs) => ids.reduce(closeTab, tabs));
}

export function reopenView(app: App): void {
  app.tabs.setState(reopenTab);
  app.layout.setState({ sheet: 'view' });
}

/** The groups, sizes and panes of a first visit; files stay open. */
export function resetLayout(app: App): void {
  app.layout.setState(({ sheet }) => ({ ...DEFAULT_LAYOUT, sheet }));
  app.dock.setState({ maximised: false });
  app.tabs.setState(resetTabs);
}

/** The active group fills the window, or all is shown again. */
export function toggleMaximised(app: App): void {
  app.dock.setState(({ maximised }) => ({ maximised: !maximised }));
}
