export { archiveParts } from './archive-parts.ts';
export { windowApi, type ProcessControl, type WindowApiParts } from './window-api.ts';
