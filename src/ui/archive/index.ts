export { ArchiveSheets } from './ArchiveSheets.tsx';
