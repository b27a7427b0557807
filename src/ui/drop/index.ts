export { DropSheet } from './DropSheet.tsx';
