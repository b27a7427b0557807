import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Action } from '../shared/abi/index.ts';
import { receiveBytes, sendBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.boot();
});
afterAll(() => machine.dispose());

const revoke = async (pid: number, kind: Action['kind']): Promise<void> => {
  const { grants } = (await machine.api.grantList()).find((one) => one.pid === pid)!;
  for (const { id, action } of grants) if (action.kind === kind) await machine.api.grantRevoke(pid, id);
};

async function serve(port: number, args: string[] = []) {
  const { pid, stdout, stderr } = await machine.api.spawn({ module: '/bin/echo-server', args, listen: [`127.0.0.1:${port}`], stdin: new Uint8Array(0) });
  const reader = receiveBytes(stdout!).getReader();
  const errors = new Response(receiveBytes(stderr!)).text();
  await reader.read();
  return { pid, reader, errors };
}

const code = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'no failure', (error: { code: string }) => error.code);

test('RV4 a listening socket ends with the right to its port: callers are refused, who accepts fails', async () => {
  const { pid, errors } = await serve(7301);
  await revoke(pid, 'listen');
  expect((await machine.api.wait(pid)).code).not.toBe(0);
  expect(await errors).not.toBe('');
  expect(await code(machine.api.connect(7301))).toBe('ECONNREFUSED');
});

test('RV4 a connection ends with the right to connect, for both sides', async () => {
  const server = await serve(7302, ['--once']);
  const { pid, stdout } = await machine.api.spawn({ module: '/bin/sh', args: ['-c', 'exec 3<>/dev/tcp/127.0.0.1/7302; echo open; read line <&3; echo $?'], grants: { connect: true }, stdin: 'stream' });
  const reader = receiveBytes(stdout!).getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes('open\n')) text += decoder.decode((await reader.read()).value);
  await revoke(pid, 'connect');
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value);
  expect(text).toMatch(/^open\n[1-9]\d*\n$/);
  expect((await machine.api.wait(server.pid)).code).toBe(0);
});

test('RV4 the end of a process ends no socket that it has handed on', async () => {
  const { code: ended } = await machine.run('/bin/sh', ['-c', '/bin/echo-server --once 3</dev/tcp/listen/7303 </dev/null >/tmp/out 2>&1 &'], { grants: { bind: true } });
  expect(ended).toBe(0);
  while (!(await machine.read('/tmp/out').catch(() => '')).includes('ready')) await new Promise((done) => setTimeout(done, 5));
  const { readable, writable } = await machine.api.connect(7303);
  const writer = sendBytes(writable).getWriter();
  await writer.write(new TextEncoder().encode('hello'));
  await writer.close();
  expect(await new Response(receiveBytes(readable)).text()).toBe('hello');
});
