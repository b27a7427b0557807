import { closeView, keepView, reopenView, resetLayout, toggleMaximised } from '../actions/index.ts';
import type { DockControl } from '../stores/index.ts';
import type { Command } from './command.ts';

const dock = (act: (control: DockControl) => void): Command['run'] => ({ dock: store }) => {
  const { control } = store.getState();
  if (control) act(control);
};

export const DOCK: readonly Command[] = [
  { id: 'dock.close', title: 'Close the view', group: 'View', keys: 'Alt+W', run: (app) => closeView(app) },
  { id: 'dock.reopen', title: 'Open again what was closed last', group: 'View', keys: 'Alt+Shift+V', run: reopenView },
  { id: 'dock.open', title: 'Open a view…', group: 'View', keys: 'Alt+V', run: () => document.querySelector<HTMLElement>('.dv-active-group .dock-add, .dock-add')?.click() },
  { id: 'dock.keep', title: 'Keep open what is only looked at', group: 'View', run: (app) => keepView(app) },
  { id: 'dock.next', title: 'Next view of the group', group: 'View', keys: 'Alt+]', run: dock((control) => control.turnTab(1)) },
  { id: 'dock.previous', title: 'Previous view of the group', group: 'View', keys: 'Alt+[', run: dock((control) => control.turnTab(-1)) },
  { id: 'dock.next-group', title: 'Next group', group: 'View', keys: 'Alt+Shift+]', run: dock((control) => control.turnGroup(1)) },
  { id: 'dock.previous-group', title: 'Previous group', group: 'View', keys: 'Alt+Shift+[', run: dock((control) => control.turnGroup(-1)) },
  { id: 'dock.right', title: 'Split right', group: 'View', keys: 'Ctrl+\\', run: dock((control) => control.split('right')) },
  { id: 'dock.down', title: 'Split down', group: 'View', keys: 'Ctrl+Shift+\\', run: dock((control) => control.split('below')) },
  { id: 'dock.move', title: 'Move the view to the next group', group: 'View', keys: 'Alt+Shift+M', run: dock((control) => control.moveToGroup(1)) },
  { id: 'dock.forward', title: 'Move the tab to the right', group: 'View', run: dock((control) => control.shiftTab(1)) },
  { id: 'dock.back', title: 'Move the tab to the left', group: 'View', run: dock((control) => control.shiftTab(-1)) },
  { id: 'dock.grow', title: 'Make the group larger', group: 'View', keys: 'Alt+Shift+=', run: dock((control) => control.resize(1)) },
  { id: 'dock.shrink', title: 'Make the group smaller', group: 'View', keys: 'Alt+Shift+-', run: dock((control) => control.resize(-1)) },
  { id: 'dock.maximise', title: 'Maximise the group, or show all', group: 'View', keys: 'Alt+M', run: toggleMaximised },
  { id: 'dock.reset', title: 'Reset layout', group: 'View', run: resetLayout },
];
