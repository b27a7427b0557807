/** Run by `npm run test:sdk`, which compiles check.ts, http.ts and chat-echo-as, and says where they are: `MODULES`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Errno, MockHost } from '../mock.mjs';

const module = (name) => new WebAssembly.Module(readFileSync(join(process.env.MODULES, `${name}.wasm`)));

test('every part of the module, against the mock', () => {
  const { code, output } = new MockHost().run(module('check'));
  assert.equal(output, 'ok json\nok messages\nok mailboxes\nok requests\nok keys\nok files\n');
  assert.equal(code, 0);
});

test('the chat echo answers what others say, and no echo', () => {
  const host = new MockHost();
  const heard = host.listen('chat.>');
  host.publish('chat.room', 'too early');
  const first = host.run(module('chat'), { pid: 5 });
  assert.deepEqual(first, { code: 1, output: 'chat-echo-as: EDEADLK\n' });
  assert.deepEqual(heard.map(({ pid, type, text }) => [pid, type, text]), [[0, '', 'too early'], [5, 'ChatSaid.v1', 'hello from as']]);
});

test('a refused publish ends it, with the name of the reason', () => {
  const host = new MockHost();
  host.failNext('publish', Errno.ENOTCAPABLE);
  assert.deepEqual(host.run(module('chat')), { code: 1, output: 'chat-echo-as: ENOTCAPABLE\n' });
  host.failNext('subscribe', Errno.EACCES);
  assert.deepEqual(host.run(module('chat')), { code: 1, output: 'chat-echo-as: EACCES\n' });
});

test('a response streams, and what is no response is EPROTO', () => {
  const host = new MockHost();
  assert.equal(host.run(module('http')).output, 'ENOTCAPABLE\n');
  host.respond('https://example.org/a', 'HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\n\r\nthe body');
  assert.equal(host.run(module('http')).output, '200 text/plain the body\n');
  for (const broken of ['HTTP/2 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 2x0 OK\r\n\r\n', '']) {
    host.respond('https://example.org/a', broken);
    assert.equal(host.run(module('http')).output, 'EPROTO\n');
  }
});
