export { Sizes, type SizeSources } from './sizes.ts';
export { takeSnapshot, type MapSources } from './snapshot.ts';
export { TrafficMeter, type TrafficSources } from './traffic.ts';
