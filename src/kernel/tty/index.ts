export { LineDiscipline, LINE_MAX, type TtyAction } from './line-discipline.ts';
export { Terminal, type TerminalOptions } from './terminal.ts';
