export { PageView } from './PageView.tsx';
