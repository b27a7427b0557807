// @ts-check
/** Refuses imports that `src/imports.json` does not allow, and cycles. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { checkImports } from './import-rules.mjs';
import { root } from './project.mjs';

const src = join(root, 'src');
const rules = JSON.parse(readFileSync(join(src, 'imports.json'), 'utf8'));
const files = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => [path, readFileSync(join(src, path), 'utf8')]),
);

const breaches = checkImports(rules, files);
for (const breach of breaches) console.error(`imports: ${breach}`);
console.log(`imports: ${files.size} files, ${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;
