export { DiffPane } from './DiffPane.tsx';
export { TextDiff } from './TextDiff.tsx';
