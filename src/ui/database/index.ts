export { DatabaseViewer } from './DatabaseViewer.tsx';
