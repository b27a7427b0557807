import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { openWorkspace } from './support/namespace.ts';

const list = (page: Page): Locator => page.getByRole('listbox', { name: 'Messages, the latest last' });
const row = (page: Page, name: RegExp | string): Locator => list(page).getByRole('option', { name });
const publish = (page: Page, subject: string, data: unknown) => page.evaluate(([to, what]) => globalThis.palimpsest.bus.publish(to, what as object), [subject, data] as const);

test.beforeEach(async ({ page }) => {
  await openWorkspace(page);
  await page.keyboard.press('Alt+7');
  await expect(list(page)).toBeVisible();
});

test('messages are seen as they go by, found, looked into, by keyboard', async ({ page }) => {
  await publish(page, 'app.one', { text: 'first', n: 1 });
  await publish(page, 'user.input', { text: 'second' });
  await expect(row(page, /app\.one/)).toContainText('{"text":"first","n":1}');
  await expect(row(page, /user\.input/)).toContainText('UserInput.v1');
  const subjects = page.getByRole('complementary', { name: 'Subjects' });
  await expect(subjects.getByRole('figure', { name: /^Messages a second: Messages now/ })).toBeVisible();
  await subjects.getByRole('button', { name: 'app.one 1 heard' }).click();
  await expect(page.getByRole('textbox', { name: 'Pattern of subjects' })).toHaveValue('app.one');
  await subjects.getByRole('button', { name: 'Listen to all subjects' }).click();
  await page.getByRole('textbox', { name: 'Text in messages' }).fill('FIRST');
  await expect(row(page, /user\.input/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByRole('textbox', { name: 'Pattern of subjects' }).fill('user.>');
  await expect.poll(async () => {
    await publish(page, 'app.unheard', 1);
    await publish(page, 'user.input', { text: 'third' });
    return row(page, /third/).count();
  }).toBeGreaterThan(0);
  await list(page).focus();
  await page.keyboard.press('End');
  const details = page.getByRole('complementary', { name: /^Message / });
  await expect(details).toContainText('UserInput.v1');
  await expect(details).toContainText('/kernel');
  await expect(page.getByLabel('What it says')).toHaveText(/"text": "third"/);
  await expectAccessible(page, '.centre-body');
  await page.keyboard.press('Escape');
  await expect(details).toHaveCount(0);
});

test('a message is published from the form, with its type checked', async ({ page }) => {
  await page.getByRole('button', { name: 'Publish…' }).click();
  const form = page.getByRole('form', { name: 'Publish a message' });
  await form.getByRole('textbox', { name: 'Subject' }).fill('user.input');
  await expect(form).toContainText('UserInput.v1: what a user says');
  await form.getByRole('textbox', { name: 'Data' }).fill('{"txt": 1}');
  await page.keyboard.press('Control+Enter');
  await expect(form.getByRole('alert')).toContainText('text is missing');
  await form.getByRole('textbox', { name: 'Data' }).fill('good morning');
  await form.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(form.getByRole('status')).toHaveText('Published on user.input');
  await expect(row(page, /user\.input/)).toContainText('{"text":"good morning"}');
  await form.getByRole('textbox', { name: 'Subject' }).fill('approval.given');
  await form.getByRole('textbox', { name: 'Data' }).fill('{"id": 1, "answer": "always"}');
  await page.keyboard.press('Control+Enter');
  await expect(form.getByRole('alert')).toContainText('EPERM');
  await expectAccessible(page, '.centre-body');
  await page.keyboard.press('Escape');
  await expect(form).toHaveCount(0);
});

test('what is hostile is text; a flood is bounded, a pause holds it still', async ({ page }) => {
  await publish(page, 'app.<img src=x onerror=alert(1)>'.replaceAll(' ', '_'), { html: '<img src=x onerror=alert(1)>', rtl: '\u202Egnp.exe\u0007' });
  await expect(row(page, /<img_src/)).toContainText('\\u{202e}');
  await expect(list(page).locator('img')).toHaveCount(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.evaluate(async () => {
    for (let n = 0; n < 8000; n += 200) await Promise.all(Array.from({ length: 200 }, (_, at) => globalThis.palimpsest.bus.publish('flood.x', { n: n + at })));
  });
  await expect(page.getByText(/^paused, .* newer$/)).toBeVisible();
  await expect(row(page, /flood/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(row(page, /7999/)).toBeVisible();
  expect(await list(page).getByRole('option').count()).toBeLessThan(100);
  await expect(page.getByText(/^5\s?000 messages$/)).toBeVisible();
});

test('the page asks and answers, keeps last values, shares a queue; errors have names', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const { bus } = globalThis.palimpsest;
    const code = (action: Promise<unknown>) => action.then(() => 'accepted', (error: { code: string }) => error.code);
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((done) => setTimeout(done, 5));
    };
    const workers: [number, unknown][] = [];
    const ends = [1, 2].map((worker) => bus.subscribe('app.sum', (message) => {
      workers.push([worker, message.data]);
      if (message.request !== undefined) void bus.reply(message, (message.data as number[]).reduce((sum, each) => sum + each, 0));
    }, { queue: 'adders' }));
    const answers: unknown[] = [];
    for (let n = 0; n < 6; n++) answers.push((await bus.request('app.sum', [n, 1], { codec: 'cbor' })).data);
    await bus.publish('app.state', { n: 1 }, { retain: true, codec: 'msgpack', type: 'State.v1' });
    const lasts: unknown[] = [];
    const end = bus.subscribe('app.state', ({ data, last, type }) => lasts.push([data, last, type]), { last: true });
    await until(() => lasts.length > 0);
    for (const stop of [...ends, end]) stop();
    const refused: unknown[] = [];
    bus.subscribe('a.>.b', () => undefined, { onError: (error) => refused.push((error as { code: string }).code) });
    bus.subscribe('a', () => undefined, { capacity: 0, onError: (error) => refused.push((error as { code: string }).code) });
    await until(() => refused.length === 2);
    return {
      answers, lasts, refused, each: workers.length, both: new Set(workers.map(([worker]) => worker)).size,
      codes: [
        await code(bus.request('app.nobody', 1, { deadline: 100 })), await code(bus.publish('user.input', { text: 1 })), await code(bus.publish('a.*', 1)), await code(bus.publish('proc.1.exit', 1)),
        await code(bus.reply({ subject: 'a', data: 1, time: 0 }, 1)),
      ],
    };
  });
  expect(seen).toEqual({
    answers: [1, 2, 3, 4, 5, 6], lasts: [[{ n: 1 }, true, 'State.v1']], refused: ['EINVAL', 'EINVAL'], each: 6, both: 2,
    // The pane hears everything, so somebody listens, but nobody answers.
    codes: ['ETIMEDOUT', 'EINVAL', 'EINVAL', 'EPERM', 'EINVAL'],
  });
});

test('nothing is heard while the pane is not shown', async ({ page }) => {
  await publish(page, 'app.seen', 1);
  await expect(row(page, /app\.seen/)).toBeVisible();
  await page.keyboard.press('Alt+5');
  await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible();
  await publish(page, 'app.missed', 1);
  await page.keyboard.press('Alt+7');
  await expect(row(page, /app\.seen/)).toBeVisible();
  await expect.poll(async () => {
    await publish(page, 'app.later', 1);
    return row(page, /app\.later/).count();
  }).toBeGreaterThan(0);
  await expect(row(page, /app\.missed/)).toHaveCount(0);
});

test('the files of the bus and the pane are the same bus; at 390 px too', async ({ page }) => {
  await page.evaluate(() => globalThis.palimpsest.run({ module: '/bin/sh', args: ['-c', 'echo hi > /bus/user.input'] }).then((run) => run.exited));
  const said = row(page, /\d user\.input sh \d+ /);
  await expect(said).toContainText('{"text":"hi"}');
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: 'View' }).click();
  // The sender has no column there.
  await row(page, /\d user\.input \{/).click();
  await expect(page.getByRole('complementary', { name: /^Message / })).toContainText('UserInput.v1');
  await expectAccessible(page, '.centre-body');
});
