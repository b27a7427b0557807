export { arithmetic, ArithmeticError } from './arithmetic.ts';
export { Expander } from './expander.ts';
export { compilePattern, matches } from './pattern.ts';
export { ExpansionError, type ExpandScope } from './scope.ts';
