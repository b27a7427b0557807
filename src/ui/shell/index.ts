export { Shell } from './Shell.tsx';
export { CannotStart, Starting } from './StartPage.tsx';
export { isNarrow } from './use-narrow.ts';
