export { doBatch } from './batch.ts';
export { rightsIn, viewOf } from './eyes.ts';
export { basePage, deletedIn, entryAt, listPage, type Shipped } from './pages.ts';
export { Searches } from './search.ts';
