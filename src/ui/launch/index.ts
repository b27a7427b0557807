export { launchKernel, rememberOwner, type LaunchedKernel } from './launch.ts';
export { missingFeatures } from './support.ts';
