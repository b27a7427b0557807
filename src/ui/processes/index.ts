export { ProcessesPane } from './ProcessesPane.tsx';
