export { DiffPane } from './DiffPane.tsx';
