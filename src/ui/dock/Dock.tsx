import { useEffect, useRef, useSyncExternalStore, type ComponentType, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { DockviewReact, type DockviewReadyEvent, type DockviewTheme, type IDockviewPanelProps } from 'dockview-react';
import 'dockview-react/dist/styles/dockview.css';
import { closeView, keepView, toggleMaximised } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import type { TabId } from '../stores/index.ts';
import { DockContext, type DockParts } from './dock-parts.ts';
import { DockSync } from './dock-sync.ts';
import { DockTab } from './DockTab.tsx';
import { AddView, GroupActions, NothingOpen } from './GroupActions.tsx';
import { keepScroll } from './kept-scroll.ts';
import { openTabMenu } from './tab-menu.ts';
import './dock.css';

const THEME: DockviewTheme = { name: 'palimpsest', className: 'dock-theme', dndTabIndicator: 'line', dndPanelOverlay: 'content', tabGroupIndicator: 'none' };
const COMPONENTS = { view: Panel };
const TAB_COMPONENTS = { tab: DockTab };

/** The views of the centre as tabs in groups beside each other, which the user arranges. */
export function Dock({ parts }: { parts: DockParts }): ReactElement {
  const app = useApp();
  const sync = useRef<DockSync | null>(null);
  useEffect(() => () => {
    sync.current?.dispose();
    sync.current = null;
  }, []);
  const ready = ({ api }: DockviewReadyEvent): void => {
    sync.current?.dispose();
    sync.current = new DockSync(api, app.tabs, app.dock, parts);
  };
  const onTab = (act: (id: TabId, event: MouseEvent) => void) => (event: MouseEvent): void => {
    const id = tabAt(event.target);
    if (id !== null) act(id, event);
  };
  return (
    <DockContext.Provider value={parts}>
      {/* The tabs are the library's elements: what is done to them is heard here. */}
      <div
        className="dock" role="presentation"
        onContextMenu={onTab((id, event) => {
          event.preventDefault();
          openTabMenu(app, id, event.target as Element, event);
        })}
        onAuxClick={onTab((id, event) => { if (event.button === 1) closeView(app, id); })}
        onMouseDown={onTab((_id, event) => { if (event.button === 1) event.preventDefault(); })}
        onDoubleClick={(event) => {
          const id = tabAt(event.target);
          if (id !== null && app.tabs.getState().preview === id) keepView(app, id);
          else if (id !== null || (event.target as Element).closest('.dv-void-container')) toggleMaximised(app);
        }}
        onKeyDownCapture={(event) => onTabKey(event, (id) => openTabMenu(app, id, event.target as Element))}
      >
        <DockviewReact
          components={COMPONENTS} tabComponents={TAB_COMPONENTS} theme={THEME} onReady={ready} watermarkComponent={NothingOpen}
          leftHeaderActionsComponent={AddView} rightHeaderActionsComponent={GroupActions}
          disableFloatingGroups disableTabsOverflowList announcements={false} noPanelsOverlay="watermark" scrollbars="native" defaultRenderer="onlyWhenVisible"
        />
      </div>
    </DockContext.Provider>
  );
}

function tabAt(target: EventTarget): TabId | null {
  const tab = target instanceof Element ? target.closest<HTMLElement>('.dv-tab') : null;
  return tab?.dataset['tabPanelId'] ?? null;
}

/** Arrows, Home, End, Enter and Delete are the library's; Backspace, which it also closes with, is too easily pressed. */
function onTabKey(event: KeyboardEvent, menu: (id: TabId) => void): void {
  const id = tabAt(event.target);
  if (id === null) return;
  if (event.key === 'Backspace') event.stopPropagation();
  if (event.key !== 'F10' || !event.shiftKey) return;
  event.preventDefault();
  menu(id);
}

/** What one tab shows, while it is on top of its group; else nothing, so that it costs nothing. */
function Panel({ api }: IDockviewPanelProps): ReactElement {
  const shown = useSyncExternalStore((changed) => {
    const end = api.onDidVisibilityChange(changed);
    return () => end.dispose();
  }, () => api.isVisible);
  return shown ? <Shown id={api.id} /> : <></>;
}

function Shown({ id }: { id: TabId }): ReactElement {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => (body.current ? keepScroll(id, body.current) : undefined), [id]);
  return <DockContext.Consumer>{(parts) => parts && <div ref={body} className="centre-body"><View id={id} of={parts.View} /></div>}</DockContext.Consumer>;
}

function View({ id, of: Component }: { id: TabId; of: ComponentType<{ id: TabId }> }): ReactElement {
  return <Component id={id} />;
}
