import { closeView, keepView, reopenView, resetLayout, toggleMaximised } from '../actions/index.ts';
import { NO_TAB, groupsOf, type App, type DockControl, type TabId } from '../stores/index.ts';
import type { Command } from './command.ts';

const dock = (act: (control: DockControl) => void): Command['run'] => ({ dock: store }) => {
  const { control } = store.getState();
  if (control) act(control);
};

const narrow: Command['unavailable'] = (app) => (app.dock.getState().control ? null : 'The window is too narrow for groups.');
const nothing: Command['unavailable'] = (app) => (app.tabs.getState().active === NO_TAB ? 'No view is open.' : null);
const alone: Command['unavailable'] = (app) => narrow(app) ?? (groupOf(app).length < 2 ? 'The group has no other view.' : null);
const oneGroup: Command['unavailable'] = (app) => narrow(app) ?? (app.dock.getState().groups < 2 ? 'There is one group only.' : null);

function groupOf(app: App): readonly TabId[] {
  const { active, layout, open } = app.tabs.getState();
  return groupsOf(layout).find(({ tabs }) => tabs.includes(active))?.tabs ?? open;
}

export const DOCK: readonly Command[] = [
  { id: 'dock.close', title: 'Close the view', group: 'View', unavailable: nothing, keys: 'Alt+W', run: (app) => closeView(app) },
  { id: 'dock.reopen', title: 'Open again what was closed last', group: 'View', unavailable: (app) => (app.tabs.getState().closed.length === 0 ? 'Nothing was closed.' : null), keys: 'Alt+Shift+V', run: reopenView },
  { id: 'dock.open', title: 'Open a view…', group: 'View', unavailable: narrow, keys: 'Alt+V', run: () => document.querySelector<HTMLElement>('.dv-active-group .dock-add, .dock-add')?.click() },
  { id: 'dock.keep', title: 'Keep open what is only looked at', group: 'View', unavailable: (app) => (app.tabs.getState().preview === app.tabs.getState().active ? null : 'This view stays open.'), run: (app) => keepView(app) },
  { id: 'dock.next', title: 'Next view of the group', group: 'View', unavailable: alone, keys: 'Alt+]', run: dock((control) => control.turnTab(1)) },
  { id: 'dock.previous', title: 'Previous view of the group', group: 'View', unavailable: alone, keys: 'Alt+[', run: dock((control) => control.turnTab(-1)) },
  { id: 'dock.next-group', title: 'Next group', group: 'View', unavailable: oneGroup, keys: 'Alt+Shift+]', run: dock((control) => control.turnGroup(1)) },
  { id: 'dock.previous-group', title: 'Previous group', group: 'View', unavailable: oneGroup, keys: 'Alt+Shift+[', run: dock((control) => control.turnGroup(-1)) },
  { id: 'dock.right', title: 'Split right', group: 'View', unavailable: alone, keys: 'Ctrl+\\', run: dock((control) => control.split('right')) },
  { id: 'dock.down', title: 'Split down', group: 'View', unavailable: alone, keys: 'Ctrl+Shift+\\', run: dock((control) => control.split('below')) },
  { id: 'dock.move', title: 'Move the view to the next group', group: 'View', unavailable: oneGroup, keys: 'Alt+Shift+M', run: dock((control) => control.moveToGroup(1)) },
  { id: 'dock.forward', title: 'Move the tab to the right', group: 'View', unavailable: alone, run: dock((control) => control.shiftTab(1)) },
  { id: 'dock.back', title: 'Move the tab to the left', group: 'View', unavailable: alone, run: dock((control) => control.shiftTab(-1)) },
  { id: 'dock.grow', title: 'Make the group larger', group: 'View', unavailable: oneGroup, keys: 'Alt+Shift+=', run: dock((control) => control.resize(1)) },
  { id: 'dock.shrink', title: 'Make the group smaller', group: 'View', unavailable: oneGroup, keys: 'Alt+Shift+-', run: dock((control) => control.resize(-1)) },
  { id: 'dock.maximise', title: 'Maximise the group, or show all', group: 'View', keys: 'Alt+M', run: toggleMaximised },
  { id: 'dock.reset', title: 'Reset layout', group: 'View', run: resetLayout },
];
