export { ProcService } from './proc-service.ts';
export type { ProcSource } from './proc-files.ts';
