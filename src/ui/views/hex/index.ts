export { HexEditor } from './HexEditor.tsx';
