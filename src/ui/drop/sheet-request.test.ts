import { describe, expect, it } from 'vitest';
import { NO_GRANTS } from '../../shared/abi/index.ts';
import { canBeReadOnly, firstTicks, readFields } from './sheet-request.ts';

const fields = { args: 'a "b c"', env: 'K=V', cwd: '/home/../home/x/', files: 'all' as const, rights: 'write' as const, clocks: true, entropy: true, session: false, mode: 'run' as const };

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
  it('names the rights of files that may only be read', () => {
    expect(readFields({ ...fields, rights: 'read', entropy: false })).toEqual({
      request: { args: ['a', 'b c'], env: { K: 'V' }, cwd: '/home/x', permissions: { ...NO_GRANTS, files: [{ path: '/**', rights: ['read'] }], clocks: true }, grants: { clocks: true, entropy: false } },
    });
    expect(readFields({ ...fields, files: 'directory', rights: 'read' })).toMatchObject({ request: { permissions: { files: [{ path: '/home/x/**', rights: ['read'] }] } } });
    expect(readFields({ ...fields, files: 'none', rights: 'read' })).toMatchObject({ request: { preopens: {} } });
  });
  it('learns, and runs dry in a layer of its own whatever else is chosen', () => {
    expect(readFields({ ...fields, mode: 'observe', session: true })).toMatchObject({ request: { learn: 'observe', overlay: 'session' } });
    const dry = readFields({ ...fields, mode: 'dry', session: true });
    expect(dry).toMatchObject({ request: { dryRun: true } });
    expect(dry).not.toHaveProperty('request.overlay');
  });
});

describe('a manifest', () => {
  const manifest = {
    component: { id: 'a.b', trust: 'unknown' as const }, limits: { files: 8 },
    grants: { ...NO_GRANTS, files: [{ path: '/home/**', rights: ['read' as const, 'write' as const] }], publish: ['a.>'], clocks: true },
  };
  it('has nothing ticked of who is unknown, and all of who is trusted', () => {
    expect([...firstTicks(manifest, false)]).toEqual([]);
    expect([...firstTicks(manifest, true)]).toEqual(['files:0', 'publish:0', 'clocks']);
  });
  it('grants what is ticked, and nothing of the fields', () => {
    const choice = { manifest, ticked: new Set(['files:0']), readOnly: new Set(['files:0']) };
    expect(readFields({ ...fields, files: 'none', entropy: true }, choice)).toEqual({
      request: { args: ['a', 'b c'], env: { K: 'V' }, cwd: '/home/x', permissions: { ...NO_GRANTS, files: [{ path: '/home/**', rights: ['read'] }] }, limits: { files: 8 } },
    });
    expect(readFields(fields, { manifest: { ...manifest, limits: {} }, ticked: new Set(), readOnly: new Set() })).toEqual({
      request: { args: ['a', 'b c'], env: { K: 'V' }, cwd: '/home/x', permissions: NO_GRANTS },
    });
  });
  it('offers reading alone where there is more', () => {
    expect([['read'], ['write'], ['read', 'delete']].map((rights) => canBeReadOnly(rights as ('read')[]))).toEqual([false, false, true]);
  });
});
