import { describe, expect, it } from 'vitest';
import { wasmBytes } from '../testing/wasm-bytes.ts';
import { Linkage } from './linkage.ts';

const importing = (...names: [string, string][]): WebAssembly.Module =>
  new WebAssembly.Module(wasmBytes({ memory: [0, 1], imports: names.map(([module, name]) => ({ module, name, results: 1 })) }));

describe('what a module is linked with', () => {
  it('HA1 is made for who imports it only', () => {
    let made = 0;
    const provided = {
      wasi: { call: () => 7 },
      get astrid() {
        made++;
        return { astrid_pid: () => 9 };
      },
    };
    expect(new Linkage().scope(importing(['wasi', 'call']), provided)['wasi']).toEqual({ call: provided.wasi.call });
    expect(made).toBe(0);
    const scope = new Linkage().scope(importing(['astrid', 'astrid_pid'], ['astrid', 'astrid_fly']), provided) as Record<string, Record<string, () => number>>;
    expect([made > 0, scope['astrid']!['astrid_pid']!(), scope['astrid']!['astrid_fly']!()]).toEqual([true, 9, 52]);
  });

  it('HA1 has a remark on the stubs that were called, bounded however many and long their names', () => {
    const long = 'x'.repeat(5000);
    const linkage = new Linkage();
    const scope = linkage.scope(importing(...Array.from({ length: 300 }, (_, number): [string, string] => ['env', `${number}${long}`])), {}) as Record<string, Record<string, () => number>>;
    expect(linkage.remark).toBeNull();
    for (const stub of Object.values(scope['env']!)) stub();
    expect(linkage.remark).toMatch(/ENOSYS: env\.0x{30,}…, .*and 97 more\. It expects a JavaScript page/);
    expect(linkage.remark!.length).toBeLessThan(500);
  });
});
