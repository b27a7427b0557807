import { closeView, closeViews, copyText, keepView, resetLayout, showInExplorer, showView, toggleMaximised } from '../actions/index.ts';
import { groupsOf, pathOfTab, type App, type MenuItem, type TabId } from '../stores/index.ts';
import { dirname } from '../../shared/base/index.ts';

/** The menu of a tab, at the pointer or below the tab. */
export function openTabMenu(app: App, id: TabId, element: Element, point?: { clientX: number; clientY: number }): void {
  const box = (element.closest('.dv-tab') ?? element).getBoundingClientRect();
  const [x, y] = point && point.clientX > 0 ? [point.clientX, point.clientY] : [box.left, box.bottom];
  app.overlay.setState({ menu: { x, y, label: 'Tab', items: itemsOf(app, id) } });
}

function itemsOf(app: App, id: TabId): MenuItem[] {
  const { preview, layout, open } = app.tabs.getState();
  const { control, maximised, groups } = app.dock.getState();
  const group = groupsOf(layout).find(({ tabs }) => tabs.includes(id))?.tabs ?? open;
  const others = group.filter((other) => other !== id);
  const after = group.slice(group.indexOf(id) + 1);
  const path = pathOfTab(id);
  const then = (act: () => void) => (): void => {
    showView(app, id);
    act();
  };
  return [
    { label: 'Close', keys: 'Alt+W', run: () => closeView(app, id) },
    ...(others.length > 0 ? [{ label: 'Close the others', run: () => closeViews(app, others) }] : []),
    ...(after.length > 0 ? [{ label: 'Close those to the right', run: () => closeViews(app, after) }] : []),
    ...(preview === id ? [{ label: 'Keep open', separated: true, run: () => keepView(app, id) }] : []),
    ...(others.length > 0 ? [
      { label: 'Split right', keys: 'Ctrl+\\', separated: true, run: then(() => control?.split('right')) },
      { label: 'Split down', keys: 'Ctrl+Shift+\\', run: then(() => control?.split('below')) },
    ] : []),
    ...(groups > 1 ? [{ label: 'Move to the next group', run: then(() => control?.moveToGroup(1)) }] : []),
    { label: maximised ? 'Show all groups' : 'Maximise the group', keys: 'Alt+M', separated: others.length === 0, run: then(() => toggleMaximised(app)) },
    ...(path === null ? [] : [
      { label: 'Copy the path', separated: true, run: () => void copyText(app, path, 'the path') },
      { label: 'Show in the explorer', run: () => showInExplorer(app, dirname(path)) },
    ]),
    { label: 'Reset layout', separated: true, run: () => resetLayout(app) },
  ];
}
