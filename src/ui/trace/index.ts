export { TracePane } from './TracePane.tsx';
