export { sh, type ShOptions } from './sh.ts';
