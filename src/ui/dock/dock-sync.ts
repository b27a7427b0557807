import type { DockviewApi, DockviewGroupPanel, IDockviewPanel } from 'dockview-react';
import { DisposableStore, type Disposable } from '../../shared/base/index.ts';
import { closeTab, keepTab, type DockControl, type DockSide, type DockStore, type TabId, type Tabs, type TabsStore } from '../stores/index.ts';
import { COMPONENTS, fromDockview, toDockview } from './serial.ts';

export interface DockNames {
  /** The words on the tab, and what else a screen reader says of it. Null: there is no such view. */
  titleOf(id: TabId, tabs: Tabs): string | null;
}

/** Changes that follow each other closely (a splitter that is dragged) are kept once. */
const KEEP_MS = 150;
const RESIZE_STEP = 48;
const SELECTED = '[role=tab][aria-selected=true]';

/**
 * Holds the tabs of the store and the panels of the dock together. The store says what is open and what is shown; the
 * dock says where it is, and what is shown after the user has closed or moved something in it.
 */
export class DockSync implements DockControl, Disposable {
  readonly #api: DockviewApi;
  readonly #tabs: TabsStore;
  readonly #dock: DockStore;
  readonly #names: DockNames;
  readonly #owned = new DisposableStore();
  #applying = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;

  constructor(api: DockviewApi, tabs: TabsStore, dock: DockStore, names: DockNames) {
    this.#api = api;
    this.#tabs = tabs;
    this.#dock = dock;
    this.#names = names;
    this.#restore();
    this.#apply(tabs.getState());
    this.#listen();
    this.#nameGroups();
    dock.setState({ control: this, groups: api.groups.length });
    if (dock.getState().maximised) this.#maximise(true);
  }

  #listen(): void {
    const own = (event: { dispose(): void }): void => void this.#owned.add(event);
    const api = this.#api;
    own(api.onDidActivePanelChange(() => this.#shown()));
    own(api.onDidRemovePanel(({ id }) => {
      if (!this.#applying) this.#tabs.setState((tabs) => closeTab(tabs, id));
    }));
    own(api.onDidMovePanel(({ panel }) => {
      if (this.#applying) return;
      this.#tabs.setState((tabs) => keepTab(tabs, panel.id));
      // A drag by the mouse leaves the focus nowhere.
      requestAnimationFrame(() => document.activeElement === document.body && this.#focus(panel));
    }));
    own(api.onDidLayoutChange(() => this.#changed()));
    own(api.onDidMaximizedGroupChange(() => {
      if (!this.#applying && !api.hasMaximizedGroup() && api.groups.length > 1) this.#dock.setState({ maximised: false });
    }));
    this.#owned.defer(this.#tabs.subscribe((tabs, before) => this.#apply(tabs, before)));
    this.#owned.defer(this.#dock.subscribe(({ maximised }, before) => {
      if (maximised !== before.maximised) this.#maximise(maximised);
    }));
    const flush = (): void => this.#keep();
    addEventListener('pagehide', flush);
    this.#owned.defer(() => removeEventListener('pagehide', flush));
  }

  /** The layout that is kept, which may be damaged in ways that only the library finds. */
  #restore(): void {
    const tabs = this.#tabs.getState();
    if (!tabs.layout) return;
    try {
      this.#api.fromJSON(toDockview(tabs.layout, this.#api.width || 1000, this.#api.height || 600, (id) => this.#names.titleOf(id, tabs) ?? id));
    } catch {
      this.#api.clear();
    }
  }

  /** Makes the dock what the store says. */
  #apply(tabs: Tabs, before?: Tabs): void {
    if (this.#applying || tabs === before) return;
    if (before && tabs.layout === null && before.layout !== null) this.#reset();
    this.#applying = true;
    const wanted = tabs.open.filter((id) => this.#names.titleOf(id, tabs) !== null);
    const gone = this.#api.panels.filter(({ id }) => !wanted.includes(id));
    this.#add(wanted.filter((id) => !this.#api.getPanel(id)), gone, tabs);
    const closedActive = gone.some(({ id }) => id === before?.active);
    for (const panel of gone) this.#api.removePanel(panel);
    this.#title(tabs);
    const focused = document.activeElement?.closest('.dv-tabs-container') ?? null;
    const lost = document.activeElement === document.body && gone.length > 0;
    const chosen = !closedActive || tabs.active !== before?.active;
    const active = this.#api.getPanel(tabs.active);
    if (chosen && active && this.#api.activePanel !== active) active.api.setActive();
    this.#applying = false;
    this.#shown();
    this.#changed();
    if (focused || lost) this.#api.activeGroup?.element.querySelector<HTMLElement>(SELECTED)?.focus();
  }

  /** New ones go behind the active one; one that takes another's place, there. */
  #add(ids: readonly TabId[], gone: readonly IDockviewPanel[], tabs: Tabs): void {
    let after = gone[0] ?? this.#api.activePanel;
    for (const id of ids) {
      const group: DockviewGroupPanel | undefined = after?.group ?? this.#api.groups[0];
      const at = after && group ? group.panels.indexOf(after) + 1 : 0;
      after = this.#api.addPanel({
        id, component: COMPONENTS.view, tabComponent: COMPONENTS.tab, title: this.#names.titleOf(id, tabs) ?? id, inactive: true,
        ...(group && { position: { referenceGroup: group, index: at } }),
      });
    }
  }

  #title(tabs: Tabs): void {
    for (const panel of this.#api.panels) {
      const title = this.#names.titleOf(panel.id, tabs);
      if (title !== null && title !== panel.title) panel.setTitle(title);
    }
  }

  #reset(): void {
    this.#applying = true;
    this.#api.clear();
    this.#applying = false;
  }

  /** What is on top in the dock is what the store says is shown. */
  #shown(): void {
    const active = this.#api.activePanel?.id ?? '';
    if (this.#applying || active === this.#tabs.getState().active || (active === '' && this.#api.panels.length > 0)) return;
    this.#applying = true;
    this.#tabs.setState({ active });
    this.#applying = false;
  }

  #changed(): void {
    this.#nameGroups();
    const groups = this.#api.groups.length;
    if (groups !== this.#dock.getState().groups) this.#dock.setState({ groups });
    this.#timer ??= setTimeout(() => this.#keep(), KEEP_MS);
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#scrollToTabs());
  }

  /** The library does so when a tab is shown, but not when its list then gets less room. */
  #scrollToTabs(): void {
    for (const { element } of this.#api.groups) element.querySelector(SELECTED)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const layout = fromDockview(this.#api.toJSON());
    this.#applying = true;
    this.#tabs.setState({ layout });
    this.#applying = false;
  }

  /** Each list of tabs has a name of its own; the views are landmarks themselves, so that their groups are none. */
  #nameGroups(): void {
    for (const [index, group] of this.#groups().entries()) {
      group.element.setAttribute('role', 'group');
      group.element.querySelector('[role=tablist]')?.setAttribute('aria-label', index === 0 ? 'Open views' : `Open views, group ${index + 1}`);
    }
  }

  /** As they are read on the screen. */
  #groups(): DockviewGroupPanel[] {
    const place = new Map(this.#api.groups.map((group) => [group, group.element.getBoundingClientRect()]));
    return this.#api.groups.toSorted((one, other) => {
      const [a, b] = [place.get(one)!, place.get(other)!];
      return a.left - b.left || a.top - b.top;
    });
  }

  #maximise(on: boolean): void {
    this.#applying = true;
    const active = this.#api.activePanel;
    if (on && active && this.#api.groups.length > 1) this.#api.maximizeGroup(active);
    else if (!on && this.#api.hasMaximizedGroup()) this.#api.exitMaximizedGroup();
    this.#applying = false;
  }

  split(side: DockSide): void {
    const panel = this.#api.activePanel;
    if (!panel || panel.group.panels.length < 2) return;
    panel.api.moveTo({ group: panel.group, position: side === 'right' ? 'right' : 'bottom' });
    this.#focus(panel);
  }

  moveToGroup(step: 1 | -1): void {
    const panel = this.#api.activePanel;
    const target = panel && this.#beside(panel.group, step);
    if (!panel || !target || target === panel.group) return;
    panel.api.moveTo({ group: target });
    this.#focus(panel);
  }

  turnGroup(step: 1 | -1): void {
    const { activeGroup } = this.#api;
    const panel = activeGroup && this.#beside(activeGroup, step)?.activePanel;
    if (panel) this.#focus(panel);
  }

  #beside(group: DockviewGroupPanel, step: 1 | -1): DockviewGroupPanel | undefined {
    const groups = this.#groups();
    return groups.at((groups.indexOf(group) + step) % groups.length);
  }

  turnTab(step: 1 | -1): void {
    const { activePanel } = this.#api;
    if (!activePanel) return;
    const { panels } = activePanel.group;
    const next = panels.at((panels.indexOf(activePanel) + step) % panels.length);
    if (!next) return;
    if (document.activeElement?.closest('.dv-tabs-container')) this.#focus(next);
    else next.api.setActive();
  }

  shiftTab(step: 1 | -1): void {
    const { activePanel } = this.#api;
    if (!activePanel) return;
    const { group } = activePanel;
    const index = group.panels.indexOf(activePanel) + step;
    if (index < 0 || index >= group.panels.length) return;
    activePanel.api.moveTo({ group, position: 'center', index });
    this.#focus(activePanel);
  }

  resize(step: 1 | -1): void {
    const { activeGroup } = this.#api;
    if (!activeGroup) return;
    const by = step * RESIZE_STEP;
    activeGroup.api.setSize({ width: activeGroup.api.width + by, height: activeGroup.api.height + by });
  }

  focusTab(): void {
    if (this.#api.activePanel) this.#focus(this.#api.activePanel);
  }

  #focus(panel: IDockviewPanel): void {
    panel.api.setActive();
    panel.group.element.querySelector<HTMLElement>(SELECTED)?.focus();
  }

  dispose(): void {
    this.#keep();
    cancelAnimationFrame(this.#frame);
    this.#owned.dispose();
    if (this.#dock.getState().control === this) this.#dock.setState({ control: null });
  }
}
