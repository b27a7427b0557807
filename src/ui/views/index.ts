export { FileView } from './FileView.tsx';
