export { openFirst as openFirstTerminal, TerminalPane } from './TerminalPane.tsx';
