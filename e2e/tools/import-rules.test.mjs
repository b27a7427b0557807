// @ts-check
import { describe, expect, test } from 'vitest';
import { checkImports, references } from './import-rules.mjs';

const rules = {
  roots: ['main.tsx', 'kernel/boot.ts', 'host/kernel.worker.ts'],
  rules: {
    'shared/base': { imports: [] },
    shared: { imports: ['shared/*'] },
    kernel: { imports: ['shared/*', 'kernel/*'], packages: ['hash-wasm'] },
    host: { imports: ['shared/*', 'kernel/contract'] },
    'host/kernel.worker.ts': { imports: ['shared/*', 'kernel/boot.ts', 'host/*'] },
    ui: { imports: ['shared/*', 'ui/*'], packages: ['react', '@xterm/*'], workers: ['host/kernel.worker.ts'] },
  },
};

/** @param {Record<string, string>} files */
const check = (files) => checkImports(rules, new Map(Object.entries(files)));

describe('import rules', () => {
  test('allowed: own folder, a listed folder by its index, a listed package, a listed worker', () => {
    const text = `
      import { a } from './a.ts';
      import type { B } from '../../shared/base/index.ts';
      import { Terminal } from '@xterm/xterm';
      import './pane.css';
      new Worker(new URL('../../host/kernel.worker.ts', import.meta.url), { type: 'module' });`;
    expect(check({ 'ui/terminal/index.ts': text })).toEqual([]);
  });

  test.each([
    ['another realm', 'ui/shell/a.ts', `import { k } from '../../kernel/bus/index.ts'`, 'ui may not reach it'],
    ['another realm, type only', 'guest/a.ts', `import type { K } from '../kernel/bus/index.ts'`, 'no rule covers'],
    ['host past the contracts', 'host/a.ts', `import { k } from '../kernel/bus/index.ts'`, 'host may not reach it'],
    ['a type written as import()', 'ui/a/b.ts', `type K = import('../../kernel/bus/index.ts').K`, 'ui may not reach it'],
    ['a lazy import', 'ui/a/b.ts', `void import('../../kernel/bus/index.ts')`, 'ui may not reach it'],
    ['a re-export', 'ui/a/b.ts', `export * from '../../kernel/bus/index.ts'`, 'ui may not reach it'],
    ['the kernel its host', 'kernel/bus/a.ts', `import '../../host/adapters/index.ts'`, 'kernel may not reach it'],
    ['inside another folder', 'ui/a/b.ts', `import { x } from '../c/x.ts'`, 'go through ui/c/index.ts'],
    ['a narrower rule wins', 'shared/base/a.ts', `import '../link/index.ts'`, 'shared/base may not reach it'],
    ['an unlisted package', 'kernel/bus/a.ts', `import { useState } from 'react'`, 'the package is not listed'],
    ['an unlisted worker', 'kernel/a.ts', `new Worker(new URL('./b.ts', import.meta.url))`, 'the worker is not listed'],
    ['a test from the product', 'ui/a/b.ts', `import { x } from './testing/x.ts'`, 'for tests only'],
    ['a root by its neighbour', 'host/a.ts', `import './kernel.worker.ts'`, 'roots are not imported'],
  ])('refused: %s', (_, file, text, why) => {
    expect(check({ [file]: text })).toEqual([expect.stringContaining(why)]);
  });

  test('refused: a cycle of files in one folder, types included', () => {
    const breaches = check({ 'ui/a/x.ts': `import type { Y } from './y.ts'`, 'ui/a/y.ts': `import { x } from './x.ts'` });
    expect(breaches).toEqual(['cycle: ui/a/x.ts → ui/a/y.ts → ui/a/x.ts']);
  });

  test('refused: a cycle of folders whose files make none', () => {
    const breaches = check({
      'ui/a/index.ts': `import '../b/index.ts'`,
      'ui/b/index.ts': '',
      'ui/b/lazy.ts': `import '../a/index.ts'`,
    });
    expect(breaches).toEqual(['cycle: ui/a → ui/b → ui/a']);
  });

  test('free: tests', () => {
    expect(check({ 'ui/a/b.test.ts': `import '../../kernel/bus/bus.ts'; import 'vitest'` })).toEqual([]);
  });

  test('comments and strings are not imports', () => {
    const text = `// import './a.ts'\n/* import './b.ts' */ const text = "import './c.ts'"; const re = /import '.\\/d.ts'/; new URL(base, import.meta.url)`;
    expect(references('x.ts', text)).toEqual([]);
  });
});
