export { ExplorerPane } from './Explorer.tsx';
