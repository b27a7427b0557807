import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dist } from '../tools/project.mjs';

const script = fileURLToPath(new URL('../tools/size.mjs', import.meta.url));

/** KB (1024 bytes) of what a first visit loads before it shows anything, as `npm run size` counts it. */
export async function measureSize() {
  if (!existsSync(path.join(dist, 'index.html'))) throw new Error('nothing is built');
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  const total = /size: ([\d.]+) KB of/.exec(stdout);
  if (!total) throw new Error(stderr.trim() || 'no size');
  const value = Number(total[1]);
  return { cold: value, steady: value, passes: [value] };
}
