export { SizesPane } from './SizesPane.tsx';
