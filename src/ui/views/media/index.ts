export { ImageViewer } from './ImageViewer.tsx';
export { Picture } from './Picture.tsx';
export { AudioPlayer, VideoPlayer } from './Player.tsx';
