export { fuzzyMatch, type Match } from './fuzzy.ts';
export { hasOrigin, hasQualifier, isEmpty, marksIn, nameScore, parseQuery, toggledQualifier, type Query } from './query.ts';
