import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { openWorkspace } from './support/namespace.ts';
import { command, enlargeTerminal, expectOnScreen, typeKeys, waitForPrompt } from './support/terminal.ts';

const LANGUAGES = ['as', 'c', 'go', 'rust'];

test.use({ viewport: { width: 1440, height: 1000 } });

test('chat echoes in four languages talk to each other on one subject, and no echo is echoed', async ({ page }) => {
  await openWorkspace(page);
  const said = await page.evaluate(async (languages) => {
    const { bus, run } = globalThis.palimpsest;
    const heard: string[] = [];
    const off = bus.subscribe('chat.room', ({ type, data }) => void heard.push(`${type}: ${typeof data === 'string' ? data : new TextDecoder().decode(data as Uint8Array)}`));
    const until = async (count: number): Promise<void> => {
      for (const end = Date.now() + 30_000; heard.length < count && Date.now() < end;) await new Promise((done) => setTimeout(done, 20));
    };
    const programs = [];
    let expected = 0;
    for (const [already, language] of languages.entries()) {
      const program = await run({ module: `/bin/chat-echo-${language}`, stdin: '' });
      for (const stream of [program.stdout, program.stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
      programs.push(program);
      await until((expected += 1 + already));
    }
    await bus.publish('chat.room', 'good evening', { codec: 'raw' });
    await until((expected += 1 + languages.length));
    await Promise.all(programs.map((program) => program.kill('KILL')));
    off();
    return heard;
  }, LANGUAGES);
  const echoes = (text: string, by: string[]): string[] => by.map((language) => `ChatEcho.v1: ${language} heard: ${text}`);
  const hellos = LANGUAGES.flatMap((language, already) => [`ChatSaid.v1: hello from ${language}`, ...echoes(`hello from ${language}`, LANGUAGES.slice(0, already))]);
  expect(said.toSorted()).toEqual([...hellos, ...echoes('good evening', LANGUAGES), 'undefined: good evening'].toSorted());
});

/** What the page's own `fetch` would do, over the tab's loopback. */
const request = (page: Page, text: string): Promise<string> => page.evaluate(async (sent) => {
  const { readable, writable } = await globalThis.palimpsest.connect(8081);
  await writable.getWriter().write(new TextEncoder().encode(sent));
  return new Response(readable as ReadableStream<BufferSource>).text();
}, text);

/** Starts it at the prompt, its output in a file, and waits until it says that it is ready. */
async function inBackground(page: Page, line: string, log: string): Promise<void> {
  await command(page, `${line} > /tmp/${log}.log &`);
  await expect.poll(() => page.evaluate(async (path) => new TextDecoder().decode(await globalThis.palimpsest.fs.readFile(path)), `/tmp/${log}.log`)).toBe('ready\n');
}

test('a frontend in the terminal, a router and a frontend for browsers share the bus; killing one leaves the others', async ({ page }) => {
  await openWorkspace(page);
  await waitForPrompt(page);
  await enlargeTerminal(page);
  await inBackground(page, 'webfront 3<>/dev/tcp/listen/8081', 'web');
  await inBackground(page, 'router', 'router');
  await typeKeys(page, 'cli\n');
  await expectOnScreen(page, /^>$/m);
  await page.keyboard.type('stream word by word\n');
  await expectOnScreen(page, /^word by word$/m);
  const later = request(page, 'GET /next?after=3 HTTP/1.1\r\n\r\n');
  const body = 'echo from the web';
  expect(await request(page, `POST /say HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 202 [^]*"id":"web-\d+-1"/);
  await expectOnScreen(page, /^\(to web-\d+-1\) from the web$/m);
  expect(await later).toMatch(/"last":4,"lost":0,"events":\[\{"type":"AgentResponse\.v1","text":"from the web","to":"web-\d+-1","done":true\}\]/);

  await page.getByRole('tab', { name: 'Processes' }).click();
  const row = (name: string) => page.getByRole('treegrid', { name: 'Processes' }).getByRole('row', { name: new RegExp(name) });
  await row('webfront').getByRole('button', { name: /^Kill/ }).click();
  await expect(row('webfront')).toContainText('KILL');
  await typeKeys(page, 'echo still here\n');
  await expectOnScreen(page, /^still here$/m);
  await row('router').getByRole('button', { name: /^Kill/ }).click();
  await expect(row('router')).toContainText('KILL');
  await typeKeys(page, 'echo anybody\n');
  await expectOnScreen(page, 'no answer yet');
  await page.evaluate(async () => {
    const program = await globalThis.palimpsest.run({ module: '/bin/router', stdin: '' });
    for (const stream of [program.stdout, program.stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
    await new Promise((done) => setTimeout(done, 1000));
  });
  await typeKeys(page, 'echo and again\n');
  await expectOnScreen(page, /^and again$/m);
  await typeKeys(page, 'quit\n');
  await waitForPrompt(page);
});

test('a program without any SDK takes part by files of the bus', async ({ page }) => {
  await openWorkspace(page);
  await waitForPrompt(page);
  await enlargeTerminal(page);
  await inBackground(page, 'router', 'router');
  await command(page, 'cat /bus/agent.response &');
  // The answer is printed where the prompt stands.
  await typeKeys(page, `echo '{"text":"echo from a file"}' > /bus/user.input\n`);
  await expectOnScreen(page, /"text":"from a file"/);
});
