import { FsError } from '../../shared/base/index.ts';

/** A process, as one that holds or issues tokens: the object itself, for numbers of processes may come again. */
export interface Party {
  readonly pid: number;
  /** Where it is told how many tokens wait for it. */
  readonly handle?: { tokens: number };
}

/** What a token is for. */
export const TokenObject = { DIRECTORY: 1, FILE: 2 } as const;

export interface NewToken {
  /** Null: the kernel. */
  issuer: Party | null;
  holder: Party;
  kind: number;
  /** Bits of `RightBit`; checked by who asks. */
  rights: number;
  /** Milliseconds from now in which it can be redeemed. */
  lifetime: number;
  /** Makes the open file description that the token stands for, as one of the grant `number`. */
  open(number: number): number;
  /** Numbers of the grants that it goes with. */
  parents: readonly number[];
}

export interface TokensOptions {
  /** Keyed with what nobody else knows, other at each boot; 32 bytes. */
  mac(bytes: Uint8Array): Uint8Array;
  /** Milliseconds on the monotonic clock. */
  now(): number;
  /** Lets a description go that nobody has redeemed. */
  release(ofd: number): void;
  /** Numbers of the grants of all descriptions that processes have. */
  openGrants(): ReadonlySet<number>;
}

/** Tokens that are not expired, at most: of one process, and of all. */
export const TOKENS_MAX = { each: 1024, all: 16_384 } as const;
/** Numbers of tokens as grants begin here; those of others lie below. */
export const TOKEN_GRANTS = 0x8000_0000;
export const TOKEN_BYTES = 96;

const VERSION = 1;
/** Offsets. What lies between is 0. */
const At = { VERSION: 0, KIND: 1, RIGHTS: 4, ID: 8, HOLDER: 16, ISSUER: 20, HOLDER_SERIAL: 24, ISSUER_SERIAL: 28, EXPIRES: 32, MAC: 64 } as const;
/** Links from tokens to what they came from, before those are looked for that nothing needs. */
const LINKS = 4096;
/** Milliseconds between two looks for what is expired, unless room is needed. */
const LOOK = 1000;

interface Entry {
  readonly issuer: Party | null;
  /** Null once it has ended. */
  holder: Party | null;
  readonly expires: number;
  /** 0 once it was redeemed or revoked. */
  ofd: number;
  state: 'fresh' | 'redeemed' | 'revoked';
}

interface Fields {
  id: number;
  holder: number;
  issuer: number;
  /** Of the processes, for a number may come again. */
  holderSerial: number;
  issuerSerial: number;
  expires: number;
}

/** Rights that were handed on: made, redeemed once by their holder, revoked (SPEC.md, TK1 …). */
export class Tokens {
  readonly #options: TokensOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #serials = new WeakMap<Party, number>();
  /** Of the tokens that were redeemed: the grants that they go with. */
  readonly #links = new Map<number, readonly number[]>();
  /** Entries by who issued them. */
  readonly #counts = new Map<Party | null, number>();
  #sweepAt = LINKS;
  /** When expired ones were last looked for. */
  #looked = 0;
  #lastId = 0;
  #lastSerial = 0;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @throws FsError EDQUOT, EINVAL, and what `open` throws */
  create({ issuer, holder, kind, rights, lifetime, open, parents }: NewToken): Uint8Array {
    if (!(lifetime > 0 && lifetime <= Number.MAX_SAFE_INTEGER / 2000)) throw new FsError('EINVAL', 'token', undefined, { detail: 'a lifetime is longer than nothing, and ends' });
    this.#makeRoom(issuer);
    const id = ++this.#lastId;
    const expires = Math.ceil(this.#options.now() + lifetime);
    const number = TOKEN_GRANTS + id;
    const ofd = open(number);
    this.#entries.set(id, { issuer, holder, expires, ofd, state: 'fresh' });
    this.#counts.set(issuer, (this.#counts.get(issuer) ?? 0) + 1);
    if (holder.handle) holder.handle.tokens++;
    this.#links.set(number, parents.filter((parent) => parent !== 0));
    const token = new Uint8Array(TOKEN_BYTES);
    const view = new DataView(token.buffer);
    view.setUint8(At.VERSION, VERSION);
    view.setUint8(At.KIND, kind);
    view.setUint32(At.RIGHTS, rights, true);
    view.setBigUint64(At.ID, BigInt(id), true);
    view.setUint32(At.HOLDER, holder.pid, true);
    view.setUint32(At.ISSUER, issuer?.pid ?? 0, true);
    view.setUint32(At.HOLDER_SERIAL, this.#serial(holder), true);
    view.setUint32(At.ISSUER_SERIAL, issuer ? this.#serial(issuer) : 0, true);
    view.setBigUint64(At.EXPIRES, BigInt(expires), true);
    token.set(this.#options.mac(token.subarray(0, At.MAC)), At.MAC);
    return token;
  }

  /** The description, whose reference the caller takes over. @throws FsError EBADMSG, EACCES, ETIMEDOUT, ENOTCAPABLE, EALREADY */
  redeem(by: Party, token: Uint8Array): number {
    const fields = this.#read(token);
    if (fields.holder !== by.pid || fields.holderSerial !== this.#serial(by)) throw new FsError('EACCES', 'token', undefined, { detail: 'it is another process’s' });
    const entry = this.#entries.get(fields.id);
    if (this.#options.now() >= fields.expires) throw new FsError('ETIMEDOUT', 'token', undefined, { detail: 'its time is over' });
    if (!entry || entry.state === 'revoked') throw new FsError('ENOTCAPABLE', 'token', undefined, { detail: 'it was revoked' });
    if (entry.state === 'redeemed') throw new FsError('EALREADY', 'token', undefined, { detail: 'it was redeemed before' });
    return this.#take(entry, 'redeemed');
  }

  /** The number of the grant that it is, to be revoked with what was opened by it. Again is no failure. @throws FsError EBADMSG, EACCES */
  revoke(by: Party, token: Uint8Array): number {
    const { id, issuer, issuerSerial } = this.#read(token);
    if (issuer !== by.pid || issuerSerial !== this.#serial(by)) throw new FsError('EACCES', 'token', undefined, { detail: 'another process made it' });
    const entry = this.#entries.get(id);
    if (entry) this.#end(entry);
    return TOKEN_GRANTS + id;
  }

  /** Of grants that are revoked: the tokens that go with them, and with those. None of them can be redeemed any more. */
  derived(numbers: ReadonlySet<number>): Set<number> {
    const gone = new Set(numbers);
    // A token goes only with what was there before it.
    for (const [number, parents] of this.#links) if (parents.some((parent) => gone.has(parent))) gone.add(number);
    for (const number of gone) {
      const entry = this.#entries.get(number - TOKEN_GRANTS);
      if (entry) this.#end(entry);
    }
    return gone;
  }

  /** Descriptions that nobody has redeemed. */
  unclaimed(): number[] {
    return [...this.#entries.values()].flatMap(({ ofd }) => (ofd === 0 ? [] : [ofd]));
  }

  /** What a process that has ended offered and nobody took is gone, and what it was offered itself. Its control block is not its own any more. */
  ended(pid: number): void {
    for (const entry of this.#entries.values()) {
      const isHolder = entry.holder?.pid === pid;
      if (isHolder) entry.holder = null;
      if (isHolder || entry.issuer?.pid === pid) this.#end(entry);
    }
  }

  #end(entry: Entry): void {
    const ofd = this.#take(entry, 'revoked');
    if (ofd !== 0) this.#options.release(ofd);
  }

  /** What it stood for, if it still does. */
  #take(entry: Entry, state: Entry['state']): number {
    const { ofd, holder } = entry;
    Object.assign(entry, { state, ofd: 0 });
    if (ofd !== 0 && holder?.handle) holder.handle.tokens--;
    return ofd;
  }

  #makeRoom(issuer: Party | null): void {
    const isFull = (): boolean => (this.#counts.get(issuer) ?? 0) >= TOKENS_MAX.each || this.#entries.size >= TOKENS_MAX.all;
    if (isFull() || this.#options.now() >= this.#looked + LOOK) this.#dropExpired();
    if (isFull()) throw new FsError('EDQUOT', 'token', undefined, { detail: `${TOKENS_MAX.each} tokens of one process at a time, at most` });
    if (this.#links.size >= this.#sweepAt) this.#sweep();
  }

  /** What is expired needs no memory: the token says it itself. */
  #dropExpired(): void {
    this.#looked = this.#options.now();
    for (const [id, entry] of this.#entries) {
      if (entry.expires > this.#looked) continue;
      this.#end(entry);
      this.#entries.delete(id);
      const left = this.#counts.get(entry.issuer)! - 1;
      if (left > 0) this.#counts.set(entry.issuer, left);
      else this.#counts.delete(entry.issuer);
    }
  }

  /** Forgets the links of tokens that can still lead to nothing: not to be redeemed, no description, no token made from them. */
  #sweep(): void {
    const needed = new Set(this.#options.openGrants());
    for (const [id, { state }] of this.#entries) if (state === 'fresh') needed.add(TOKEN_GRANTS + id);
    for (const number of [...this.#links.keys()].toReversed()) {
      if (needed.has(number)) for (const parent of this.#links.get(number)!) needed.add(parent);
      else this.#links.delete(number);
    }
    this.#sweepAt = Math.max(LINKS, this.#links.size * 2);
  }

  #serial(party: Party): number {
    const known = this.#serials.get(party);
    if (known !== undefined) return known;
    this.#serials.set(party, ++this.#lastSerial);
    return this.#lastSerial;
  }

  /** @throws FsError EBADMSG */
  #read(token: Uint8Array): Fields {
    const forged = (detail: string): FsError => new FsError('EBADMSG', 'token', undefined, { detail });
    if (token.length !== TOKEN_BYTES) throw forged(`a token has ${TOKEN_BYTES} bytes`);
    if (!isEqual(this.#options.mac(token.subarray(0, At.MAC)), token.subarray(At.MAC))) throw forged('nobody made this token, or it was changed');
    const view = new DataView(token.buffer, token.byteOffset, TOKEN_BYTES);
    if (view.getUint8(At.VERSION) !== VERSION) throw forged('its version is not known');
    return {
      id: Number(view.getBigUint64(At.ID, true)), holder: view.getUint32(At.HOLDER, true), issuer: view.getUint32(At.ISSUER, true),
      holderSerial: view.getUint32(At.HOLDER_SERIAL, true), issuerSerial: view.getUint32(At.ISSUER_SERIAL, true), expires: Number(view.getBigUint64(At.EXPIRES, true)),
    };
  }
}

/** Takes as long whatever differs. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let differing = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) differing |= a[i]! ^ (b[i] ?? 0);
  return differing === 0;
}
