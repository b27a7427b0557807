export { TableViewer } from './TableViewer.tsx';
