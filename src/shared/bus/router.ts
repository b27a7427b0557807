import type { MemoryWindow } from '../arena/index.ts';
import type { Topic } from './contract.ts';
import type { Extents } from './extents.ts';
import { Policy } from './frame.ts';
import { LOG_SIZE, MailboxState, MailboxWord } from './layout.ts';
import { frameText, type FrameText } from './outgoing.ts';
import { Outlet, type Receiver } from './outlet.ts';
import { QueueGroup } from './queue-group.ts';
import type { Records } from './records.ts';
import { patternTokens, SUBJECT_MAX, subjectTokens } from './subject.ts';
import { SubjectTrie } from './subject-trie.ts';
import type { SubscriptionTable } from './table.ts';

/** Where messages of one subject go, in the order in which they are put: who refuses, who drops, who makes the publisher wait. */
export interface Route {
  readonly receivers: readonly Receiver[];
  /** How many of them refuse. */
  readonly refusing: number;
  /** Frames up to this size need no extent. */
  readonly inlineMax: number;
  /** The only receiver, if that is a mailbox. */
  readonly single: Outlet | null;
}

/** A topic with its route, as of a version of the table. */
export class RoutedTopic implements Topic {
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly hash: number;
  readonly tokens: readonly string[];
  mark: unknown = undefined;
  route: Route = NOWHERE;
  version = -1;
  #plain: FrameText;
  #typed: FrameText;
  #type: Uint8Array | null = null;

  constructor(subject: string, bytes: Uint8Array, hash: number, tokens: readonly string[]) {
    this.subject = subject;
    this.bytes = bytes;
    this.hash = hash;
    this.tokens = tokens;
    this.#typed = this.#plain = frameText(bytes, null);
  }

  /** Of the same array as last time it is remembered. */
  text(type: Uint8Array | null): FrameText {
    if (type === null) return this.#plain;
    if (type !== this.#type) {
      this.#type = type;
      this.#typed = frameText(this.bytes, type);
    }
    return this.#typed;
  }
}

interface Entry {
  readonly tokens: readonly string[];
  readonly outlet: Outlet;
  readonly group: string;
}

const NOWHERE: Route = { receivers: [], refusing: 0, inlineMax: Infinity, single: null };
const ORDER: readonly number[] = [Policy.REFUSE, Policy.DROP_OLDEST, Policy.BLOCK];
/** Topics that are remembered; with more the cache starts anew. */
const TOPICS_MAX = 4096;
const TABLE = TOPICS_MAX * 2;
const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/**
 * This worker's copy of the table of subscriptions: finds the mailboxes for a subject. The copy is true while the table's SEQ stands
 * still; else what changed is read again, under the bus's lock.
 */
export class Router {
  readonly #records: Records;
  readonly #extents: Extents;
  readonly #table: SubscriptionTable;
  readonly #skipped: number;
  readonly #trie = new SubjectTrie<Entry>();
  readonly #bySlot = new Map<number, Entry>();
  readonly #outlets = new Map<number, Outlet>();
  readonly #topics: (RoutedTopic | undefined)[] = new Array<RoutedTopic | undefined>(TABLE);
  #topicCount = 0;
  #last: RoutedTopic | null = null;
  #seen = 0;
  #version = 0;

  /** `skipped`: slot of a process whose mailboxes get nothing from here, unless they are in a queue group; -1: none. */
  constructor(records: Records, extents: Extents, table: SubscriptionTable, skipped: number) {
    this.#records = records;
    this.#extents = extents;
    this.#table = table;
    this.#skipped = skipped;
  }

  /** The topic of a subject in the window; null if it is none. Allocates nothing for one that is remembered. */
  topic(window: MemoryWindow, pointer: number, length: number): RoutedTopic | null {
    if (length === 0 || length > SUBJECT_MAX) return null;
    const { u8 } = window;
    const last = this.#last;
    if (last !== null && same(last.bytes, u8, pointer, length)) return last;
    const hash = hashOf(u8, pointer, length);
    for (let at = hash % TABLE; ; at = (at + 1) % TABLE) {
      const topic = this.#topics[at];
      // The bytes may be other ones by now, where a guest has threads.
      if (topic === undefined) return this.#newTopic(u8.slice(pointer, pointer + length));
      if (topic.hash === hash && same(topic.bytes, u8, pointer, length)) return (this.#last = topic);
    }
  }

  topicOf(subject: string): RoutedTopic | null {
    const bytes = encoder.encode(subject.slice(0, 1024));
    const hash = hashOf(bytes, 0, bytes.length);
    for (let at = hash % TABLE; ; at = (at + 1) % TABLE) {
      const topic = this.#topics[at];
      if (topic === undefined) return this.#newTopic(bytes);
      if (topic.hash === hash && same(topic.bytes, bytes, 0, bytes.length)) return topic;
    }
  }

  #newTopic(bytes: Uint8Array): RoutedTopic | null {
    const hash = hashOf(bytes, 0, bytes.length);
    const subject = textOf(bytes);
    const tokens = subject === null ? '' : subjectTokens(subject);
    if (subject === null || typeof tokens === 'string') return null;
    if (this.#topicCount === TOPICS_MAX) {
      this.#topics.fill(undefined);
      this.#topicCount = 0;
    }
    const topic = new RoutedTopic(subject, bytes, hash, tokens);
    let at = hash % TABLE;
    while (this.#topics[at] !== undefined) at = (at + 1) % TABLE;
    this.#topics[at] = topic;
    this.#topicCount++;
    return (this.#last = topic);
  }

  /** Whether `topic.route` is true now. */
  isCurrent(topic: RoutedTopic): boolean {
    return topic.version === this.#version && this.#table.seq === this.#seen;
  }

  /** Where the topic's messages go now. Within a section. */
  route(topic: RoutedTopic): Route {
    if (this.#table.seq !== this.#seen) {
      this.#records.lock();
      this.update();
      this.#records.unlock();
    }
    if (topic.version !== this.#version) this.#match(topic);
    return topic.route;
  }

  /** The same under the bus's lock. */
  routeLocked(topic: RoutedTopic): Route {
    if (this.#table.seq !== this.#seen) this.update();
    if (topic.version !== this.#version) this.#match(topic);
    return topic.route;
  }

  /** Under the bus's lock: reads what has changed. */
  update(): void {
    const { seq } = this.#table;
    const behind = (seq - this.#seen) >>> 0;
    if (this.#version === 0 || behind > LOG_SIZE) for (let slot = 0; slot < this.#table.used; slot++) this.#refresh(slot);
    else for (let i = 0; i < behind; i++) this.#refresh(this.#table.changed((this.#seen + i) >>> 0));
    this.#seen = seq;
    this.#version++;
  }

  #refresh(slot: number): void {
    const old = this.#bySlot.get(slot);
    if (old) {
      this.#trie.remove(old.tokens, old);
      this.#bySlot.delete(slot);
      this.#forgetOutlet(old.outlet.address);
    }
    const found = this.#table.read(slot);
    if (!found) return;
    const outlet = this.#outlet(found.mailbox);
    const tokens = patternTokens(found.pattern);
    if (outlet === null || (outlet.owner === this.#skipped && found.group === '') || typeof tokens === 'string') return;
    const entry: Entry = { tokens, outlet, group: found.group };
    this.#bySlot.set(slot, entry);
    this.#trie.add(tokens, entry);
  }

  /** One for each mailbox, so that one with several patterns gets a message once. */
  #outlet(mailbox: number): Outlet | null {
    const { u32 } = this.#records.arena;
    const word = mailbox >>> 2;
    const known = this.#outlets.get(mailbox);
    if (known?.generation === u32[word + MailboxWord.GENERATION]) return known!;
    if (u32[word + MailboxWord.STATE] !== MailboxState.OPEN) return null;
    const outlet = new Outlet(this.#records, this.#extents, mailbox);
    this.#outlets.set(mailbox, outlet);
    return outlet;
  }

  #forgetOutlet(mailbox: number): void {
    const { u32 } = this.#records.arena;
    if (this.#outlets.get(mailbox)?.generation !== u32[(mailbox >>> 2) + MailboxWord.GENERATION]) this.#outlets.delete(mailbox);
  }

  #match(topic: RoutedTopic): void {
    const plain = new Set<Receiver>();
    const groups = new Map<string, Set<Outlet>>();
    for (const { outlet, group } of this.#trie.match(topic.tokens)) {
      if (group === '') plain.add(outlet);
      else groups.set(group, (groups.get(group) ?? new Set()).add(outlet));
    }
    const receivers: Receiver[] = [...plain, ...[...groups.values()].map((members) => new QueueGroup([...members]))];
    topic.route = receivers.length === 0 ? NOWHERE : routeOf(receivers);
    topic.version = this.#version;
  }
}

function routeOf(receivers: Receiver[]): Route {
  receivers.sort((a, b) => ORDER.indexOf(a.policy) - ORDER.indexOf(b.policy));
  const [first] = receivers;
  return {
    receivers,
    refusing: receivers.filter(({ policy }) => policy === Policy.REFUSE).length,
    inlineMax: Math.min(...receivers.map(({ inlineMax }) => inlineMax)),
    single: receivers.length === 1 && first instanceof Outlet ? first : null,
  };
}

/** FNV-1a over the bytes (32 bits). */
function hashOf(bytes: Uint8Array, pointer: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = pointer; i < pointer + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

function same(known: Uint8Array, bytes: Uint8Array, pointer: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[pointer + i]) return false;
  return true;
}

/** Null: not UTF-8. A byte order mark at the start is not dropped: the same text has the same bytes. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = decoder.decode(bytes);
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? null : text;
  } catch {
    return null;
  }
}
