export { TreeService, type TreeServiceOptions } from './tree-service.ts';
