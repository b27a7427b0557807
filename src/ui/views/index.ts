export { FileView } from './FileView.tsx';
export { ImageView } from './ImageView.tsx';
