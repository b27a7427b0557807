export { Dock } from './Dock.tsx';
export type { DockParts, TabFace } from './dock-parts.ts';
