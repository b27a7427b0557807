export { BusPane } from './BusPane.tsx';
