export { FolderSheets } from './FolderSheets.tsx';
