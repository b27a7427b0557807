import { beforeEach, describe, expect, test } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { createMac } from '../storage/index.ts';
import { TOKEN_BYTES, TOKEN_GRANTS, TokenObject, Tokens, TOKENS_MAX, type Party } from './tokens.ts';

const key = crypto.getRandomValues(new Uint8Array(32));
const mac = await createMac(key);

let now: number;
let live: Set<number>;
let tokens: Tokens;
let open: Set<number>;
const [issuer, holder, other]: Party[] = [{ pid: 7 }, { pid: 8 }, { pid: 9 }];

function start(by = mac): Tokens {
  return new Tokens({ mac: by, now: () => now, release: (ofd) => void live.delete(ofd), openGrants: () => open });
}

beforeEach(() => {
  now = 1000;
  live = new Set();
  open = new Set();
  tokens = start();
});

let ofds = 0;
function make(more: Partial<Parameters<Tokens['create']>[0]> = {}): Uint8Array {
  return tokens.create({
    issuer: issuer!, holder: holder!, kind: TokenObject.DIRECTORY, rights: 1, lifetime: 500, parents: [],
    open: () => {
      live.add(++ofds);
      return ofds;
    }, ...more,
  });
}

function refusal(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return error.code;
  }
}

describe('TK1 a token is 96 bytes that nobody else can make', () => {
  test('each byte that is changed is noticed, each bit of it', () => {
    const token = make();
    expect(token.length).toBe(TOKEN_BYTES);
    for (let at = 0; at < TOKEN_BYTES; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const forged = token.slice();
        forged[at] = forged[at]! ^ (1 << bit);
        expect(refusal(() => tokens.redeem(holder!, forged)), `byte ${at}`).toBe('EBADMSG');
        expect(refusal(() => tokens.revoke(issuer!, forged)), `byte ${at}`).toBe('EBADMSG');
      }
    }
    expect(tokens.redeem(holder!, token)).toBe(ofds);
  });

  test('of another length, of another boot, of two tokens put together', async () => {
    const token = make();
    for (const bad of [new Uint8Array(0), token.subarray(1), new Uint8Array([...token, 0]), new Uint8Array(TOKEN_BYTES)]) expect(refusal(() => tokens.redeem(holder!, bad))).toBe('EBADMSG');
    const wide = make({ rights: 15, holder: other! });
    const mixed = new Uint8Array([...token.subarray(0, 4), ...wide.subarray(4, 8), ...token.subarray(8)]);
    expect(refusal(() => tokens.redeem(holder!, mixed))).toBe('EBADMSG');
    const rebooted = start(await createMac(crypto.getRandomValues(new Uint8Array(32))));
    expect(refusal(() => rebooted.redeem(holder!, token))).toBe('EBADMSG');
  });
});

describe('TK2 who may use it', () => {
  test('its holder, once', () => {
    const token = make();
    expect(refusal(() => tokens.redeem(other!, token))).toBe('EACCES');
    expect(refusal(() => tokens.redeem(issuer!, token))).toBe('EACCES');
    const ofd = tokens.redeem(holder!, token);
    expect(live.has(ofd)).toBe(true);
    expect(refusal(() => tokens.redeem(holder!, token))).toBe('EALREADY');
  });

  test('not another process that has the number of the holder, or of who made it', () => {
    const token = make();
    expect(refusal(() => tokens.redeem({ pid: holder!.pid }, token))).toBe('EACCES');
    expect(refusal(() => tokens.revoke({ pid: issuer!.pid }, token))).toBe('EACCES');
    expect(refusal(() => tokens.revoke(holder!, token))).toBe('EACCES');
  });

  test('until its time is over', () => {
    const token = make();
    const redeemed = make();
    tokens.redeem(holder!, redeemed);
    now = 1499;
    expect(refusal(() => tokens.redeem(holder!, make({ lifetime: 0.5 })))).toBe('done');
    now = 1500;
    expect(refusal(() => tokens.redeem(holder!, token))).toBe('ETIMEDOUT');
    expect(refusal(() => tokens.redeem(holder!, redeemed))).toBe('ETIMEDOUT');
    for (const lifetime of [0, -1, NaN, Infinity]) expect(refusal(() => make({ lifetime }))).toBe('EINVAL');
  });
});

describe('TK3 what ends it', () => {
  test('who made it revokes it: before it is redeemed, and the number of what was opened after that', () => {
    const token = make();
    expect(tokens.revoke(issuer!, token)).toBeGreaterThan(TOKEN_GRANTS);
    expect(live.size).toBe(0);
    expect(refusal(() => tokens.redeem(holder!, token))).toBe('ENOTCAPABLE');
    expect(refusal(() => tokens.revoke(issuer!, token))).toBe('done');
    const numbers: number[] = [];
    const second = make({ open: (number) => numbers.push(number) });
    tokens.redeem(holder!, second);
    now += 10_000;
    expect(tokens.revoke(issuer!, second)).toBe(numbers[0]);
  });

  test('the end of who made it, unless the kernel did or it was redeemed', () => {
    const [lost, kept] = [make(), make({ issuer: null })];
    const taken = make();
    const ofd = tokens.redeem(holder!, taken);
    tokens.ended(issuer!.pid);
    expect(refusal(() => tokens.redeem(holder!, lost))).toBe('ENOTCAPABLE');
    expect(refusal(() => tokens.redeem(holder!, kept))).toBe('done');
    expect(live.has(ofd)).toBe(true);
  });

  test('the grant that it came from, through any number of tokens', () => {
    const numbers: number[] = [];
    const chained = (parent: number): Uint8Array => make({ parents: [0, parent], open: (number) => numbers.push(number) });
    const first = chained(5);
    tokens.redeem(holder!, first);
    for (let depth = 0; depth < 10; depth++) tokens.redeem(holder!, chained(numbers.at(-1)!));
    const [fresh, unrelated] = [chained(numbers.at(-1)!), chained(6)];
    const gone = tokens.derived(new Set([5]));
    expect(numbers.map((number) => gone.has(number))).toEqual([...numbers.slice(0, -1).map(() => true), false]);
    expect(refusal(() => tokens.redeem(holder!, fresh))).toBe('ENOTCAPABLE');
    expect(refusal(() => tokens.redeem(holder!, unrelated))).toBe('done');
  });
});

test('TK5 its holder is told how many wait for it, while it is there', () => {
  const handle = { tokens: 0 };
  const party = { pid: 20, handle };
  const [first, second, third] = [make({ holder: party }), make({ holder: party }), make({ holder: party, lifetime: 5 })];
  expect(handle.tokens).toBe(3);
  tokens.redeem(party, first);
  tokens.revoke(issuer!, second);
  tokens.revoke(issuer!, second);
  expect(handle.tokens).toBe(1);
  now += 2000;
  make();
  expect(refusal(() => tokens.redeem(party, third))).toBe('ETIMEDOUT');
  expect(handle.tokens).toBe(0);
  make({ holder: party });
  tokens.ended(20);
  handle.tokens = 77;
  now += 2000;
  make();
  expect([handle.tokens, live.size]).toEqual([77, 2]);
});

describe('TK4 bounds', () => {
  test('so many of one process at a time, so many of all', () => {
    for (let n = 0; n < TOKENS_MAX.each; n++) make();
    expect(refusal(() => make())).toBe('EDQUOT');
    expect(refusal(() => make({ issuer: other! }))).toBe('done');
    now += 500;
    expect(refusal(() => make())).toBe('done');
    expect([tokens.size, live.size]).toEqual([1, 1]);
    for (let n = 1; n < TOKENS_MAX.all; n++) make({ issuer: { pid: 100 + (n >> 9) } });
    expect(refusal(() => make({ issuer: { pid: 99 } }))).toBe('EDQUOT');
  });

  test('a hundred thousand, made, used and forgotten, leave nothing, and what is open is still revoked with its grant', () => {
    const numbers: number[] = [];
    const kept = make({ parents: [5], open: (number) => numbers.push(number) });
    tokens.redeem(holder!, kept);
    open.add(numbers[0]!);
    // The number of ten tokens that live at a time moves on.
    for (let n = 0; n < 100_000; n++) {
      now += 50;
      const token = make({ parents: [n % 2 ? 5 : 6] });
      if (n % 3 === 0) live.delete(tokens.redeem(holder!, token));
    }
    now += 2000;
    make();
    expect([tokens.size, live.size]).toEqual([1, 1]);
    expect(tokens.derived(new Set([5])).has(numbers[0]!)).toBe(true);
    // Beside it those whose links nobody has looked for yet.
    expect(tokens.derived(new Set([5])).size).toBeLessThan(10_000);
  });
});
