export { TreeViewer } from './TreeViewer.tsx';
