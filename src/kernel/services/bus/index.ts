export { BusFiles, type BusFilesOptions } from './bus-files.ts';
export { BusService, type BusServiceOptions } from './bus-service.ts';
export { nameOf, subjectOf } from './names.ts';
