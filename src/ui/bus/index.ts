export { BusPane } from './BusPane.tsx';
export { busLogOf } from './bus-log.ts';
