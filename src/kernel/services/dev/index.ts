export { DevService, type DevServiceOptions } from './dev-service.ts';
