import { launchKernel, missingFeatures } from './ui/launch/index.ts';

// What the page loads first, and little: the kernel boots while the window's code is fetched and compiled.
if (missingFeatures().length === 0) launchKernel();
void import('./main.tsx');
