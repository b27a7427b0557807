import { describe, expect, it } from 'vitest';
import { checkOptions } from './spawn-options.ts';

describe('what a spawn asks for', () => {
  it('by default gives the root and then the working directory', () => {
    expect(checkOptions({ module: '/bin/a.wasm', cwd: '/home/x' })).toMatchObject({
      name: 'a', cwd: '/home/x', env: ['PWD=/home/x'],
      directories: [{ name: '/', path: '/' }, { name: '.', path: '/home/x' }],
    });
  });

  it('gives exactly what is named', () => {
    const { directories, cwd } = checkOptions({ module: '/bin/a', preopens: { '/data': '/home/data' } });
    expect(directories).toEqual([{ name: '/data', path: '/home/data' }]);
    expect(cwd).toBe('/');
  });

  it('refuses NUL, names of variables with `=`, and more than fits', () => {
    expect(() => checkOptions({ module: '/a', args: ['a\0b'] })).toThrow('EINVAL');
    expect(() => checkOptions({ module: '/a', env: { 'A=B': '' } })).toThrow('EINVAL');
    expect(() => checkOptions({ module: '/a', args: ['x'.repeat(3 << 20)] })).toThrow('E2BIG');
  });
});
