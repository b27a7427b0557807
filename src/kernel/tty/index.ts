export { ConsoleControl } from './console-control.ts';
export { LineDiscipline, LINE_MAX, type TtyAction } from './line-discipline.ts';
export { Terminal, type TerminalOptions } from './terminal.ts';
export { Terminals, type TerminalsOptions } from './terminals.ts';
