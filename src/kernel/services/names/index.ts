export { checkName, utf8Length } from './names.ts';
