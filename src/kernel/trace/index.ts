export { Traces, type Stretch } from './traces.ts';
