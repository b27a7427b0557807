export { windowApi, type ProcessControl, type WindowApiParts } from './window-api.ts';
