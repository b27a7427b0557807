export { GrantsPane } from './GrantsPane.tsx';
