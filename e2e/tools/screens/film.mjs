// @ts-check
/** The picture that moves: a program is dropped, runs, is looked at, and undone. Its time is not the machine's: each frame says how long it is shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { createCanvas } from './canvas.mjs';
import { drop } from './shots.mjs';
import { animate } from './webp.mjs';

/** @typedef {import('playwright').Page} Page */
/** @typedef {import('playwright').Browser} Browser */
/** @typedef {import('playwright').Locator} Locator */
/** @typedef {import('./webp.mjs').Frame} Frame */

const WINDOW = { width: 1024, height: 640 };
const BAND = 44;
const MOTION = 50;
const PROGRAM = 'filetool.wasm';
const NOTES = '# Six summits\n\n- Aletsch: -12 °C\n- Bernina: -9 °C\n- Davos: -4 °C\n';

/** @param {number} milliseconds */
const settle = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

class Film {
  /** @type {Frame[]} */
  frames = [];
  #page;
  #canvas;
  /** @type {import('./canvas.mjs').Scene} */
  scene = { pointer: { x: 940, y: 560 }, pressed: false, carried: '', steps: ['Drop', 'Run', 'See', 'Undo'], step: 0, caption: '', key: '', band: BAND };

  /** @param {Page} page @param {ReturnType<typeof createCanvas>} canvas */
  constructor(page, canvas) {
    this.#page = page;
    this.#canvas = canvas;
  }

  /** A frame of what the window shows now, for so long. @param {number} milliseconds */
  async look(milliseconds) {
    await this.#canvas.show(await this.#page.screenshot());
    await this.hold(milliseconds);
  }

  /** The same again; only what is drawn over it may have changed. @param {number} milliseconds */
  async hold(milliseconds) {
    const drawn = await this.#canvas.frame(this.scene);
    const last = this.frames.at(-1);
    if (drawn) this.frames.push({ ...drawn, milliseconds });
    else if (last) last.milliseconds += milliseconds;
  }

  /** What happens in the window, as it happens. @param {number} count of frames @param {number} milliseconds that each is shown */
  async watch(count, milliseconds) {
    for (let at = 0; at < count; at++) await this.look(milliseconds);
  }

  /** @param {number} step @param {string} caption @param {string} [key] */
  say(step, caption, key = '') {
    Object.assign(this.scene, { step, caption, key });
  }

  /** @param {{ x: number, y: number }} to @param {number} count of frames */
  async move(to, count) {
    const from = this.scene.pointer;
    for (let at = 1; at <= count; at++) {
      const part = (1 - Math.cos((at / count) * Math.PI)) / 2;
      this.scene.pointer = { x: Math.round(from.x + (to.x - from.x) * part), y: Math.round(from.y + (to.y - from.y) * part) };
      await this.hold(MOTION);
    }
  }

  /** Goes there and presses. @param {Locator} target */
  async press(target) {
    const box = await target.boundingBox();
    if (!box) throw new Error(`Nothing to press: ${target}`);
    const at = { x: box.x + Math.min(box.width / 2, 60), y: box.y + box.height / 2 };
    await this.move(at, 11);
    await this.#page.mouse.move(at.x, at.y);
    this.scene.pressed = true;
    await this.look(160);
    this.scene.pressed = false;
    await this.#page.mouse.click(at.x, at.y);
  }

  /** Types into what has the focus, so many letters a frame. @param {string} text @param {number} [each] */
  async type(text, each = 3) {
    for (let at = 0; at < text.length; at += each) {
      await this.#page.keyboard.type(text.slice(at, at + each));
      await this.look(70);
    }
  }
}

/** @param {Page} page */
async function prepare(page) {
  await page.evaluate(async (notes) => {
    while (!('palimpsest' in globalThis)) await new Promise((done) => setTimeout(done, 20));
    const { ready, fs, layers } = globalThis.palimpsest;
    await ready;
    await fs.writeFile('/home/notes.md', notes);
    await layers.push('before');
  }, NOTES);
  await page.getByRole('button', { name: 'Not now' }).click();
  const separator = page.getByRole('separator', { name: 'Height of the terminal' });
  await separator.focus();
  for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowDown');
  await settle(2500);
}

/** @param {Film} film @param {Page} page */
async function dropIt(film, page) {
  film.say(0, 'Drop a .wasm anywhere on the page');
  film.scene.carried = PROGRAM;
  film.scene.pointer = { x: 850, y: 560 };
  await film.look(900);
  const bytes = readFileSync(join(root, 'public/samples', PROGRAM));
  await film.move({ x: 740, y: 460 }, 8);
  await drop(page, PROGRAM, bytes, ['dragenter', 'dragover']);
  await settle(200);
  await film.look(MOTION);
  await film.move({ x: 560, y: 300 }, 14);
  await film.hold(500);
  film.scene.carried = '';
  await drop(page, PROGRAM, bytes, ['drop']);
  await settle(900);
  film.say(0, 'Before anything runs: what it is, and what it asks for');
  await film.look(1800);
}

/** @param {Film} film @param {Page} page */
async function runIt(film, page) {
  const sheet = page.getByRole('dialog', { name: `Run ${PROGRAM}` });
  film.say(1, 'With these arguments, these files, these rights');
  await film.press(sheet.getByLabel('Arguments'));
  await film.type('append notes.md "- Eiger: -17 °C"');
  await film.look(500);
  await film.press(sheet.getByRole('button', { name: 'Run', exact: true }));
  film.say(1, 'It runs in a worker of its own; the files that it touches glow');
  await film.watch(4, 150);
  await page.getByRole('status', { name: `Result of ${PROGRAM}` }).waitFor();
  await film.watch(3, 200);
  await film.look(900);
}

/** @param {Film} film @param {Page} page */
async function seeIt(film, page) {
  const result = page.getByRole('status', { name: `Result of ${PROGRAM}` });
  film.say(2, 'What it changed, line by line');
  await film.press(result.getByRole('button', { name: /^View$|View changes/ }).first());
  await settle(1200);
  await film.look(1900);
  film.say(2, 'Every system call that it made');
  await film.press(result.getByRole('button', { name: 'View calls' }));
  await settle(1200);
  await film.look(1900);
  film.say(2, 'And what is connected with what, live', 'Alt+0');
  await page.keyboard.press('Alt+0');
  await settle(1800);
  await film.look(1700);
}

/** @param {Film} film @param {Page} page */
async function undoIt(film, page) {
  const notes = page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: /^notes\.md/ });
  await film.press(notes);
  film.say(3, 'The line is there …');
  await settle(1500);
  await film.look(1300);
  film.say(3, '… and is not: nothing underneath is ever lost');
  await film.press(page.getByRole('status', { name: `Result of ${PROGRAM}` }).getByRole('button', { name: /^Undo/ }));
  await film.watch(4, 150);
  await settle(600);
  await film.look(2600);
}

/**
 * @param {Browser} browser
 * @param {string} url of the page
 * @param {number} most bytes
 * @returns {Promise<Buffer>}
 * @throws {Error} when it would be larger.
 */
export async function film(browser, url, most) {
  const context = await browser.newContext({ viewport: WINDOW, colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(url);
  await prepare(page);
  const made = new Film(page, createCanvas(await browser.newPage()));
  for (const part of [dropIt, runIt, seeIt, undoIt]) await part(made, page);
  await context.close();
  const seconds = made.frames.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  console.log(`${made.frames.length} frames, ${seconds.toFixed(1)} s`);
  const file = animate({ width: WINDOW.width, height: WINDOW.height + BAND }, made.frames);
  if (file.length > most) throw new Error(`The picture that moves has ${file.length} bytes; ${most} are the most.`);
  return file;
}
