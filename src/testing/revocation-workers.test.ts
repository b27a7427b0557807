import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write('/home/a', 'one\ntwo\n');
});
afterAll(() => machine.dispose());

/** Starts a script in the shell, and waits until it has printed a line. */
async function started(script: string): Promise<{ pid: number; rest: Promise<string> }> {
  const { pid, stdout } = await machine.api.spawn({ module: '/bin/sh', args: ['-c', script], stdio: 'pipe', stdin: new Uint8Array(0) });
  const reader = receiveBytes(stdout!).getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes('\n')) text += decoder.decode((await reader.read()).value!);
  const rest = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value);
    }
  })();
  return { pid, rest };
}

test.each([1, 2, 3, 4, 5])('RV1 RV3 programs that open, read and list in real workers meet the revocation at their next call (run %i)', async () => {
  const { pid, rest } = await started('while read -r x < /home/a; do echo "$x"; done; echo refused; ls /home || echo none');
  const other = await started('for i in 1 2 3; do read -r x < /home/a; echo "$x"; done');
  await machine.api.grantRevoke(pid);
  const text = await rest;
  expect(text.replace(/^(one\n)+/, '')).toBe('refused\nnone\n');
  expect(await other.rest).toBe('one\none\none\n');
  await machine.api.wait(pid);
  // What others own in the arena counts as lost to it.
  expect(machine.kernel.check().faults.filter((fault) => !fault.includes('reached by nothing'))).toEqual([]);
});

test('RV2 a descriptor that was open before fails with the rest', async () => {
  const { pid, rest } = await started('exec 3</home/a; read -r x <&3; echo "$x"; while read -r x </home/a; do :; done; read -r y <&3 && echo "$y"; echo end');
  await machine.api.grantRevoke(pid);
  expect(await rest).toBe('one\nend\n');
});
