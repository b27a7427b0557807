import { beforeEach, describe, expect, test } from 'vitest';
import type { Notice } from '../../shared/abi/index.ts';
import { PolicyFile, type Policy } from './index.ts';

const USER = 0;
const PROGRAM = 7;
const rule = (subject: string, decision = 'allow'): string => `[[rule]]\ndecision = "${decision}"\naction = "publish"\nsubject = "${subject}"\n`;

let file: string | null;
let shipped: string;
let accepted: string | null;
let acceptedShipped: boolean;
/** What was accepted cannot be read. */
let forgets: boolean;
let fails: boolean;
/** Happens while what was written is told. */
let meanwhile: (() => void) | null;
let agrees: boolean | Promise<boolean>;
let notices: Map<string, Notice>;
let inForce: Policy;
let revoking: Promise<void>;
let asked: number[];

const open = (): PolicyFile => new PolicyFile({
  read: async () => {
    if (fails) throw new Error('EIO');
    return file === null ? null : { text: file, shipped: file === shipped };
  },
  append: async (text) => {
    file = (file ?? '') + text;
    meanwhile?.();
  },
  accepted: {
    get: async () => {
      if (forgets) throw new Error('EIO');
      return accepted === null ? null : { text: accepted, shipped: acceptedShipped };
    },
    set: async (text) => void ({ text: accepted, shipped: acceptedShipped } = text),
  },
  settled: async () => meanwhile?.(),
  byProgram: (pid) => pid === PROGRAM,
  confirm: async (pid) => {
    asked.push(pid);
    return agrees;
  },
  inForce: (policy) => {
    inForce = policy;
    return revoking;
  },
  raise: (notice) => void notices.set(notice.id, notice), clear: (id) => void notices.delete(id),
});
const lines = (): (number | string)[] => inForce.rules.map(({ decision, line }) => `${decision} ${line}`);

beforeEach(() => {
  shipped = rule('shipped');
  file = shipped;
  accepted = null;
  acceptedShipped = forgets = false;
  meanwhile = null;
  fails = false;
  agrees = false;
  revoking = Promise.resolve();
  notices = new Map();
  asked = [];
});

describe('PF1: who may write files may not thereby grant', () => {
  test('the user’s change is in force, a program’s is not, over a reload either', async () => {
    const policy = open();
    await policy.start();
    expect(lines()).toEqual(['allow 1']);
    file = rule('mine') + rule('too');
    await policy.changed([USER]);
    expect(lines()).toEqual(['allow 1', 'allow 5']);
    file += rule('>');
    await policy.changed([PROGRAM]);
    expect([lines(), [...notices.keys()], asked]).toEqual([['allow 1', 'allow 5'], ['policy-held'], [PROGRAM]]);
    notices.clear();
    await open().start();
    expect([lines(), [...notices.keys()]]).toEqual([['allow 1', 'allow 5'], ['policy-held']]);
  });

  test('a change is in force once what it forbids has ended', async () => {
    const policy = open();
    await policy.start();
    let end = (): void => {};
    revoking = new Promise((resolve) => void (end = resolve));
    file = rule('mine', 'deny');
    const said: string[] = [];
    const changed = policy.changed([USER]).then(() => said.push('changed'));
    const settled = policy.settled().then(() => said.push('settled'));
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect([said, lines(), accepted]).toEqual([[], ['deny 1'], shipped]);
    end();
    await Promise.all([changed, settled]);
    expect(accepted).toBe(file);
  });

  test('what came with the page and is not there at a later start holds, without a word', async () => {
    await open().start();
    file = null;
    await open().start();
    expect([lines(), accepted, notices.size]).toEqual([['allow 1'], shipped, 0]);
  });

  test('a change of both in one batch is a program’s; one of nobody known is too', async () => {
    const policy = open();
    await policy.start();
    file = rule('>');
    await policy.changed([USER, PROGRAM]);
    expect([accepted, [...notices.keys()]]).toEqual([shipped, ['policy-held']]);
  });

  test('a program that is quick to write over the user’s change is not taken for the user', async () => {
    const policy = open();
    await policy.start();
    file = rule('>');
    let told: Promise<void> | undefined;
    meanwhile = () => {
      meanwhile = null;
      told = policy.changed([PROGRAM]);
    };
    await policy.changed([USER]);
    await told;
    expect([lines(), [...notices.keys()], asked]).toEqual([['allow 1'], ['policy-held'], [PROGRAM]]);
  });

  test('a change that cannot be stored is not in force, for nobody knows whose it is', async () => {
    const policy = open();
    await policy.start();
    file = rule('a') + rule('b');
    meanwhile = () => {
      throw new Error('the disk is full');
    };
    await policy.changed([USER]);
    expect([lines(), [...notices.keys()]]).toEqual([['allow 1'], ['policy-held']]);
  });

  test('nor is one that writes while “always” adds its rule', async () => {
    const policy = open();
    await policy.start();
    meanwhile = () => void (file += rule('>'));
    await policy.append(rule('asked'));
    expect(lines()).toEqual(['allow 1']);
  });

  test('the user agrees: to what was there when it was asked, and nothing later', async () => {
    const policy = open();
    await policy.start();
    agrees = true;
    file = rule('a') + rule('b');
    await policy.changed([PROGRAM]);
    await expect.poll(() => accepted).toBe(file);
    expect([lines().length, notices.size]).toEqual([2, 0]);
    let agree: (yes: boolean) => void = () => undefined;
    agrees = new Promise((resolve) => (agree = resolve));
    file = rule('c');
    await policy.changed([PROGRAM]);
    agrees = false;
    file = rule('>');
    await policy.changed([PROGRAM]);
    agree(true);
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect([lines().length, [...notices.keys()]]).toEqual([2, ['policy-held']]);
  });

  test('a program puts the old text back: nothing is to be decided', async () => {
    const policy = open();
    await policy.start();
    file = rule('>');
    await policy.changed([PROGRAM]);
    file = shipped;
    await policy.changed([PROGRAM]);
    expect([lines(), notices.size]).toEqual([['allow 1'], 0]);
  });

  test('a program removes it: what it forbade holds; the user does: there are no rules', async () => {
    const policy = open();
    await policy.start();
    file = rule('a', 'deny');
    await policy.changed([USER]);
    file = null;
    await policy.changed([PROGRAM]);
    expect(lines()).toEqual(['deny 1']);
    await policy.changed([USER]);
    expect(lines()).toEqual([]);
  });

  test('a program puts the page’s own text in the place of the user’s: that is a change as any other, over a reload too', async () => {
    const policy = open();
    await policy.start();
    file = rule('secret', 'deny');
    await policy.changed([USER]);
    file = shipped;
    await policy.changed([PROGRAM]);
    await open().start();
    expect([lines(), [...notices.keys()]]).toEqual([['deny 1'], ['policy-held']]);
  });

  test('what cannot be read of what was accepted allows nothing', async () => {
    const policy = open();
    await policy.start();
    file = rule('secret', 'deny') + rule('a');
    await policy.changed([USER]);
    forgets = true;
    await open().start();
    expect([inForce.unknown, lines()]).toEqual([true, []]);
  });

  test('one that was never changed follows the page’s', async () => {
    await open().start();
    shipped = file = rule('new');
    await open().start();
    expect([accepted, notices.size]).toEqual([file, 0]);
  });
});

describe('PF2: faults close it', () => {
  test('a fault, then good again', async () => {
    const policy = open();
    await policy.start();
    file = `${rule('a', 'deny')}${rule('b')}[[rule]]\ndecision = "deny"\n`;
    await policy.changed([USER]);
    expect([lines(), notices.get('policy')?.detail]).toEqual([['deny 1'], '/etc/policy.toml, line 9, column 1: a rule says which action it is about; "any" is about all. What it forbids holds as far as it can be read, and what it forbade before.']);
    file = rule('b');
    await policy.changed([USER]);
    expect([lines(), notices.size, policy.state]).toEqual([['allow 1'], 0, { rules: 1, problems: [] }]);
  });

  test('one that cannot be read at the start refuses all, and is tried again', async () => {
    fails = true;
    const policy = open();
    await policy.start();
    expect([inForce.unknown, policy.state.problems.length, [...notices.keys()]]).toEqual([true, 1, ['policy-unread']]);
    fails = false;
    await policy.start();
    expect([inForce.unknown, lines(), notices.size]).toEqual([false, ['allow 1'], 0]);
  });
});

describe('PF5: “always”', () => {
  test('adds its rule, and that is in force', async () => {
    const policy = open();
    await policy.start();
    file = accepted = '# mine';
    await policy.changed([USER]);
    await policy.append(rule('asked'));
    expect([file, accepted === file, lines()]).toEqual([`# mine\n\n${rule('asked')}`, true, ['allow 3']]);
  });

  test('not while the file has what nobody agreed to', async () => {
    const policy = open();
    await policy.start();
    file = rule('>');
    await policy.changed([PROGRAM]);
    await policy.append(rule('asked'));
    expect([file, lines(), notices.get('policy')?.title]).toEqual([rule('>'), ['allow 1'], 'A rule could not be added to the policy']);
  });

  test('PF6: not where it is one rule too many: all others hold on', async () => {
    const policy = open();
    await policy.start();
    file = accepted = Array.from({ length: 1000 }, (_, at) => rule(`a${at}`)).join('');
    await policy.changed([USER]);
    await policy.append(rule('asked'));
    expect([file === accepted, inForce.rules.length, inForce.problems]).toEqual([true, 1000, []]);
    expect(notices.get('policy')?.detail).toContain('with it, there are more than 1000 rules. What you allowed holds while the program runs');
  });

  test('where there is no file it is made', async () => {
    file = null;
    const policy = open();
    await policy.start();
    await policy.append(rule('asked'));
    expect([file, lines()]).toEqual([`\n${rule('asked')}`, ['allow 2']]);
  });
});
