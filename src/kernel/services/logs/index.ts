export { LogsService, type LogSource, type LogsServiceOptions } from './logs-service.ts';
