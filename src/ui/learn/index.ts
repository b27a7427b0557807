export { LearnSheets } from './LearnSheets.tsx';
