export { FileView } from './FileView.tsx';
export { ImageView } from './ImageView.tsx';
export { hexOffset, hexRow } from './hex-rows.ts';
