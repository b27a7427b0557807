export { Banners, Toasts } from './Messages.tsx';
