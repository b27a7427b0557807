import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BusMessage } from '../../shared/abi/index.ts';
import type { PalimpsestBus } from '../client/index.ts';
import { Watchers } from '../kit/index.ts';
import type { App } from '../stores/index.ts';
import { Subjects, type SubjectCount } from './subjects.ts';
import { messageText, type MessageText } from './message-text.ts';

/** One message as it is listed. `n` counts up, without gaps. */
export interface BusRow extends Pick<BusMessage, 'subject' | 'time' | 'type' | 'source' | 'id' | 'size' | 'last' | 'request' | 'dropped'> {
  n: number;
  body: MessageText;
  /** Lower case, for the search; made when one is first made. */
  sought?: string;
}

export interface BusLogState {
  pattern: string;
  text: string;
  paused: boolean;
  /** The oldest first; those that match `text`. */
  rows: readonly BusRow[];
  /** All that are held, and those that came while it was paused. */
  held: number;
  waiting: number;
  /** Lost on the way here, for there were too many at once. */
  dropped: number;
  /** Why nothing is heard. */
  error: string | null;
}

/** What is said a second; new every second while the pane is looked at. */
export interface BusTraffic {
  /** The busiest first. */
  subjects: readonly SubjectCount[];
  /** Milliseconds since the epoch, and messages of the second before. */
  times: readonly number[];
  rates: readonly number[];
}

/** Messages that are held, and characters of what they say; then the oldest goes. */
export const ROWS_MAX = 5000;
const CHARACTERS_MAX = 16 << 20;
/** Of one message. */
export const BODY_MAX = 65_536;
const DRAW_MS = 100;
const TYPING_MS = 300;
const COUNT_MS = 1000;

/** Listens while it is looked at, and not otherwise. */
export class BusLog {
  readonly store: StoreApi<BusLogState> = createStore<BusLogState>(() => ({ pattern: '>', text: '', paused: false, rows: [], held: 0, waiting: 0, dropped: 0, error: null }));
  readonly traffic: StoreApi<BusTraffic> = createStore<BusTraffic>(() => ({ subjects: [], times: [], rates: [] }));
  readonly #bus: PalimpsestBus;
  readonly #subjects = new Subjects();
  #counting: ReturnType<typeof setInterval> | undefined;
  #all: BusRow[] = [];
  #characters = 0;
  #last = 0;
  #dropped = 0;
  #shownTo = 0;
  readonly #watchers = new Watchers(() => {
    this.#listen();
    this.#count();
  }, () => this.#stop());
  #end: (() => void) | null = null;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(bus: PalimpsestBus) {
    this.#bus = bus;
  }

  /** Returns what ends the watching. */
  watch(): () => void {
    return this.#watchers.watch();
  }

  setPattern(pattern: string): void {
    this.store.setState({ pattern });
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      if (this.#watchers.any) this.#listen();
    }, TYPING_MS);
  }

  setText(text: string): void {
    this.store.setState({ text });
    this.#draw();
  }

  setPaused(paused: boolean): void {
    this.store.setState({ paused });
    this.#draw();
  }

  clear(): void {
    this.#all = [];
    this.#characters = 0;
    this.#dropped = 0;
    this.#subjects.clear();
    this.traffic.setState({ subjects: [], times: [], rates: [] });
    this.#shownTo = this.#last;
    this.#draw();
  }

  #listen(): void {
    this.#end?.();
    this.store.setState({ error: null });
    const { pattern } = this.store.getState();
    if (pattern.trim() === '') {
      this.#end = null;
      return this.store.setState({ error: 'Type a pattern: `>` hears everything, `*` is one part of a subject' });
    }
    this.#end = this.#bus.subscribe(pattern.trim(), (message) => this.#take(message), {
      onError: (error) => this.store.setState({ error: error instanceof Error ? error.message : String(error) }),
    });
  }

  #count(): void {
    let before = Date.now();
    this.#counting = setInterval(() => {
      const now = Date.now();
      this.traffic.setState(this.#subjects.second(now, Math.max(0.1, (now - before) / 1000)));
      before = now;
    }, COUNT_MS);
  }

  #stop(): void {
    this.#end?.();
    this.#end = null;
    clearInterval(this.#counting);
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
  }

  #take(message: BusMessage): void {
    const body = messageText(message.data, BODY_MAX);
    const { subject, time, type, source, id, size, last, request, dropped = 0 } = message;
    this.#all.push({
      n: ++this.#last, subject, time, body,
      ...(type !== undefined && { type }), ...(source !== undefined && { source }), ...(id !== undefined && { id }), ...(size !== undefined && { size }), ...(last && { last }), ...(request !== undefined && { request }), ...(dropped > 0 && { dropped }),
    });
    this.#subjects.take(subject, time);
    this.#characters += body.text.length;
    this.#dropped += dropped;
    this.#forget();
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#draw();
    }, DRAW_MS);
  }

  /** A quarter more than the bound is let in, so that the list is not moved for each message. */
  #forget(): void {
    if (this.#all.length <= ROWS_MAX * 1.25 && this.#characters <= CHARACTERS_MAX) return;
    let from = Math.max(0, this.#all.length - ROWS_MAX);
    for (let at = 0; at < from; at++) this.#characters -= this.#all[at]!.body.text.length;
    while (this.#characters > CHARACTERS_MAX && from < this.#all.length) this.#characters -= this.#all[from++]!.body.text.length;
    this.#all = this.#all.slice(from);
  }

  #draw(): void {
    const { paused, text } = this.store.getState();
    if (!paused) this.#shownTo = this.#last;
    const wanted = text.trim().toLowerCase();
    const held = this.#all.slice(-ROWS_MAX);
    const rows = wanted === '' && !paused ? held : held.filter((row) => row.n <= this.#shownTo && soughtOf(row).includes(wanted));
    this.store.setState({ rows, held: held.length, waiting: this.#last - this.#shownTo, dropped: this.#dropped });
  }
}

function soughtOf(row: BusRow): string {
  return (row.sought ??= `${row.subject}\n${row.type ?? ''}\n${row.body.text}`.toLowerCase());
}

const logs = new WeakMap<App, BusLog>();

/** One of each page: what was heard stays while another pane is looked at. */
export function busLogOf(app: App): BusLog {
  let log = logs.get(app);
  if (!log) logs.set(app, (log = new BusLog(app.page.bus)));
  return log;
}
