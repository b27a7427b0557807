import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type BusMessage, type ComponentGrants } from '../shared/abi/index.ts';
import { Machine, type Outcome } from './machine.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

/** What the checks of the SDKs use. */
const CHECK_GRANTS: ComponentGrants = {
  ...NO_GRANTS, publish: ['check.>'], subscribe: ['check.>'], clocks: true, entropy: true,
  files: [{ path: '/home/**', rights: ['read', 'write', 'create', 'delete'] }],
};
const LANGUAGES = ['as', 'c', 'go', 'rust'] as const;

let machine: Machine;
beforeAll(async () => { machine = await Machine.boot(); });
afterAll(() => machine.dispose());

describe('each SDK against the real host', () => {
  test.each([
    ['c', ['payloads', 'hostile_json', 'messages', 'mailboxes', 'requests', 'keys', 'files', 'rest']],
    ['rust', ['json', 'messages', 'mailboxes', 'requests', 'keys', 'files']],
    ['go', ['messages', 'mailboxes', 'requests', 'keys', 'files', 'tokens']],
    ['as', ['json', 'messages', 'mailboxes', 'requests', 'keys', 'files']],
  ])('%s: what its mock does, the host does', async (language, parts) => {
    const name = `sdk-check-${language}.wasm`;
    const bytes = await readFile(new URL(`guests/${name}${language === 'go' ? '.gz' : ''}`, import.meta.url));
    await machine.write(`/home/${name}`, language === 'go' ? gunzipSync(bytes) : bytes);
    const outcome = await machine.run(`/home/${name}`, [], { permissions: CHECK_GRANTS });
    expect(outcome.stdout + outcome.stderr).toBe(parts.map((part) => `ok ${part}\n`).join(''));
    expect(outcome.code).toBe(0);
  });
});

describe('what the SDK for C reaches outside of the process', () => {
  const check = (args: string[], grants: Partial<ComponentGrants> = {}): Promise<Outcome> =>
    machine.run('/home/sdk-check-c.wasm', args, { permissions: { ...NO_GRANTS, ...grants } });
  beforeAll(async () => machine.write('/home/sdk-check-c.wasm', await readFile(new URL('guests/sdk-check-c.wasm', import.meta.url))));

  test('a response, as it streams', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(201, { 'Content-Type': 'text/plain' }).write('first ');
      setTimeout(() => response.end('x'.repeat(10_000)), 50);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout, code } = await check(['http', `http://${host}/`], { http: [{ host, methods: ['GET'], insecure: true }] });
    expect([code, stdout]).toEqual([0, `201 text/plain\nfirst ${'x'.repeat(10_000)}`]);
    expect((await check(['http', `http://${host}/`])).stdout).toBe('ENOTCAPABLE\n');
    await new Promise((done) => server.close(done));
  });

  test('a program that it starts, within its grants', async () => {
    expect((await check(['spawn', '/bin/trap'], { spawn: ['/bin/trap'] })).stdout).toBe('ended with 2\n');
    expect((await check(['spawn', '/bin/hello-c'], { spawn: ['/bin/trap'] })).stdout).toMatch(/ENOTCAPABLE\n$/);
  });

  test('a right that it asks for, with the reason that the user is shown', async () => {
    await machine.api.mkdir('/home/notes');
    await machine.write('/home/notes/secret.txt', 'told\n');
    const action = JSON.stringify({ kind: 'file', path: '/home/notes/**', rights: ['read'], reason: 'To read it out' });
    for (const [answer, output] of [['no', 'EACCES\n'], ['once', 'told\n']] as const) {
      await machine.api.approvalList();
      const ended = check(['ask', action]);
      await expect.poll(async () => (await machine.api.approvalList()).map(({ reason }) => reason), { timeout: 20_000 }).toEqual(['To read it out']);
      for (const { id } of await machine.api.approvalList()) await machine.api.approvalAnswer(id, answer);
      expect((await ended).stdout).toBe(output);
    }
  });
});

describe('a room of the bus', () => {
  const heard = (program: RunningProgram, text: string): Promise<unknown> => expect.poll(() => program.stdout, { timeout: 20_000 }).toContain(text);

  test('programs in four languages talk to each other, and nobody echoes an echo', async () => {
    const said: string[] = [];
    const { port } = await machine.api.subscribe('chat.room');
    port.onmessage = ({ data }: MessageEvent<BusMessage[]>) => {
      said.push(...data.map(({ type, data: body }) => `${type}: ${body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body)}`));
      port.postMessage(data.length);
    };
    const programs: RunningProgram[] = [];
    // One after the other: who is there already hears the newcomer, and the newcomer hears that.
    for (const language of LANGUAGES) {
      const newcomer = await startProgram(machine, `/bin/chat-echo-${language}`);
      for (const [index, program] of programs.entries()) {
        await heard(program, `${LANGUAGES[index]} heard: hello from ${language}\n`);
        await heard(newcomer, `${language} heard: ${LANGUAGES[index]} heard: hello from ${language}\n`);
      }
      programs.push(newcomer);
      await expect.poll(() => said).toContain(`ChatSaid.v1: hello from ${language}`);
    }
    const from = said.length;
    await machine.api.publish('chat.room', 'good evening', { codec: 'raw' });
    for (const [index, program] of programs.entries()) await heard(program, `${LANGUAGES[index]} heard: good evening\n`);
    await expect.poll(() => said.slice(from).toSorted()).toEqual([...LANGUAGES.map((language) => `ChatEcho.v1: ${language} heard: good evening`), 'undefined: good evening']);
    // Each hears the three others' echoes, and says nothing about them.
    for (const [index, program] of programs.entries()) {
      for (const other of LANGUAGES.filter((language) => language !== LANGUAGES[index])) await heard(program, `heard: ${other} heard: good evening\n`);
    }
    expect(said.length).toBe(from + 5);
    port.close();
    for (const program of programs) expect(await program.kill()).toMatchObject({ signal: 'KILL', stderr: '' });
  });

  test('a program that nobody granted it is asked about; refused, it says so', async () => {
    // A copy that nothing is known of; the list of questions is what makes the window somebody to ask.
    await machine.write('/home/copy.wasm', await machine.api.readFile('/bin/chat-echo-c'));
    expect(await machine.api.approvalList()).toEqual([]);
    const ended = machine.run('/home/copy.wasm');
    await expect.poll(async () => (await machine.api.approvalList()).map(({ program, summary }) => [program, summary]), { timeout: 20_000 }).toEqual([['copy', expect.stringContaining('chat.room')]]);
    for (const { id } of await machine.api.approvalList()) await machine.api.approvalAnswer(id, 'no');
    expect(await ended).toMatchObject({ code: 1, stdout: '', stderr: 'chat-echo-c: EACCES\n' });
  });
});
