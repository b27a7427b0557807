export { BYTES_MAX, OPEN_MAX } from './budget.ts';
export { HttpService, type HttpServiceOptions } from './http-service.ts';
export { parseTarget, type Target } from './target.ts';
