export { checkName, utf8Length } from './names/index.ts';
