export { readerOf, serveCalls, type Calls, type Reader } from './calls.ts';
