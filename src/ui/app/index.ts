export { AppProvider, useApp } from './context.ts';
