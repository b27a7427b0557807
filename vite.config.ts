import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { servedHeaders } from './e2e/tools/headers.mjs';
import { preloadFirst } from './e2e/tools/preload.mjs';
import { dist } from './e2e/tools/project.mjs';
import { serviceWorker } from './e2e/tools/service-worker.mjs';

export default defineConfig({
  // Relative, so that the build works from any path of any static host.
  base: './',
  plugins: [react(), servedHeaders(), preloadFirst(), serviceWorker()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: dist,
    emptyOutDir: true,
    sourcemap: true,
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
  server: { port: 5173, strictPort: true },
  preview: { port: 4173, strictPort: true },
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}', 'e2e/tools/**/*.test.{ts,mjs}', 'wasm-samples/**/*.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 60_000,
    passWithNoTests: true,
  },
});
