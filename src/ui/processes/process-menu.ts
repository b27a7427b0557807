import type { ProcessInfo } from '../../shared/abi/index.ts';
import { continueProcess, copyText, endProcess, pauseProcess, sendSignal, showCallsOf, showPane } from '../actions/index.ts';
import { visibleName } from '../kit/index.ts';
import { GRANTS, type App, type MenuItem } from '../stores/index.ts';

/** What can be done with a process, at a place of the window. */
export function openProcessMenu(app: App, process: ProcessInfo, { left, bottom }: { left: number; bottom: number }): void {
  app.overlay.setState({ menu: { x: left, y: bottom, label: `Process ${process.pid}`, items: processMenu(app, process) } });
}

export function processMenu(app: App, process: ProcessInfo): MenuItem[] {
  const { pid, name, args } = process;
  return [
    { label: 'Show in full', keys: 'Enter', run: () => app.processes.setState({ selected: pid }) },
    ...processActions(app, process),
    { label: 'Copy its number', run: () => void copyText(app, String(pid), 'the number'), separated: true },
    { label: 'Copy its command', run: () => void copyText(app, [name, ...args.slice(args[0] === name ? 1 : 0)].map(visibleName).join(' '), 'the command') },
  ];
}

/** Where it is shown otherwise, and the signals that it can be sent. */
export function processActions(app: App, { pid, exit, state }: ProcessInfo): MenuItem[] {
  const calls: MenuItem = { label: 'Its system calls', keys: 'T', run: () => void showCallsOf(app, pid) };
  if (exit) return [calls];
  return [
    calls,
    { label: 'Its grants', run: () => showPane(app, GRANTS) },
    state === 'stopped' ? { label: 'Continue', run: () => void continueProcess(app, pid), separated: true } : { label: 'Stop', run: () => void pauseProcess(app, pid), separated: true },
    { label: 'Interrupt (INT)', run: () => void sendSignal(app, pid, 'INT') },
    { label: 'Hang up (HUP)', run: () => void sendSignal(app, pid, 'HUP') },
    { label: 'End (TERM)', keys: 'Delete', run: () => void endProcess(app, pid, 'TERM') },
    { label: 'Kill', keys: 'Shift+Delete', danger: true, run: () => void endProcess(app, pid, 'KILL') },
  ];
}
