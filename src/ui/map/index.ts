export { exportMap } from './export.ts';
export { MapPane } from './MapPane.tsx';
