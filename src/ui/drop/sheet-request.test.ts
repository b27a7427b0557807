import { describe, expect, it } from 'vitest';
import { readFields } from './sheet-request.ts';

const fields = { args: 'a "b c"', env: 'K=V', cwd: '/home/../home/x/', files: 'all' as const, clocks: true, entropy: true, session: false };

describe('readFields', () => {
  it('leaves preopens to the default for the whole namespace', () => {
    expect(readFields(fields)).toEqual({ request: { args: ['a', 'b c'], env: { K: 'V' }, cwd: '/home/x' } });
  });
  it('grants one directory, or none', () => {
    expect(readFields({ ...fields, files: 'directory' })).toMatchObject({ request: { preopens: { '.': '/home/x', '/home/x': '/home/x' } } });
    expect(readFields({ ...fields, files: 'none' })).toMatchObject({ request: { preopens: {} } });
  });
  it('withholds the time and randomness', () => {
    expect(readFields({ ...fields, clocks: false })).toMatchObject({ request: { grants: { clocks: false, entropy: true } } });
    expect(readFields({ ...fields, entropy: false })).toMatchObject({ request: { grants: { clocks: true, entropy: false } } });
  });
  it('asks for a layer of its own', () => {
    expect(readFields({ ...fields, session: true })).toMatchObject({ request: { overlay: 'session' } });
  });
  it('names the field that is wrong', () => {
    expect(readFields({ ...fields, args: '"' })).toMatchObject({ field: 'args' });
    expect(readFields({ ...fields, env: 'x' })).toMatchObject({ field: 'env' });
    expect(readFields({ ...fields, cwd: 'home' })).toMatchObject({ field: 'cwd' });
  });
});
