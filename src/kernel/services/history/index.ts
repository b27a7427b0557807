export { HistoryService, type HistoryServiceOptions, type PastPoints } from './history-service.ts';
