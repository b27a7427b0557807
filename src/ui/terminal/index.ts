export { TerminalPane } from './TerminalPane.tsx';
