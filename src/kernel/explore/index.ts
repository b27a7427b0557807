export { doBatch } from './batch.ts';
export { rightsIn, viewOf } from './eyes.ts';
export { basePage, deletedIn, entriesAt, listPage, type Shipped } from './pages.ts';
export { Searches } from './search.ts';
