export { archiveParts } from './archive-parts.ts';
export { mergeLine } from './session-calls.ts';
export { windowApi, type ProcessControl, type WindowApiParts } from './window-api.ts';
