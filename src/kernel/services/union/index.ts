export { UNION_MAX, UnionService, type UnionElement } from './union-service.ts';
