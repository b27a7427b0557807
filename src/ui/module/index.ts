export { ModuleInspector } from './ModuleInspector.tsx';
