import { expect, test } from '@playwright/test';
import { seeded } from '../support/crash.ts';
import { contentOf, dataOf } from './content.ts';
import { Model, type Operation, type Seen } from './model.ts';
import { choose, cutsOf, type Heard } from './verdict.ts';
import { ACTORS, makeUp, TOP } from './workload.ts';

/** What the page would show of a model. */
function shown(model: Model): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  const numbers = new Map<unknown, number>();
  for (const { path, node } of model.walk()) {
    if (!numbers.has(node)) numbers.set(node, numbers.size + 2);
    const ino = numbers.get(node)!;
    if (node.kind === 'file') seen.set(path, { path, kind: 'file', ino, nlink: node.links, size: node.content.size, hash: node.content.hash });
    else seen.set(path, { path, kind: node.kind, ino, nlink: 1, size: 0, ...(node.kind === 'symlink' ? { target: node.target } : {}) });
  }
  return seen;
}

const bytesIn = (model: Model) => async (path: string): Promise<Uint8Array> => {
  const node = model.find(path);
  return node?.kind === 'file' ? node.content.bytes : new Uint8Array(0);
};

function after(operations: readonly Operation[]): Model {
  const model = new Model(TOP);
  for (const operation of operations) model.apply(operation);
  return model;
}

const madeUp = (seed: number, count: number): Operation[] => makeUp(seeded(seed), ACTORS[0]!, new Model(TOP), count);

test('every prefix of a history is known as one, and as no much earlier or later one', async () => {
  const operations = madeUp(5, 120);
  for (const length of [0, 1, 40, 119, 120]) {
    const model = after(operations.slice(0, length));
    const { cuts } = await cutsOf(new Model(TOP), operations, shown(model), bytesIn(model), 0);
    expect(cuts.map((cut) => cut.operations)).toContain(length);
    expect(cuts.length).toBeLessThan(12);
  }
});

test('a history with an operation left out in the middle, or with other bytes, is no prefix', async () => {
  const folder = `${TOP}/first`;
  const operations: Operation[] = [
    { verb: 'mkdir', path: folder }, { verb: 'put', path: `${folder}/a`, seed: 1, length: 100 }, { verb: 'put', path: `${folder}/b`, seed: 2, length: 100 },
  ];
  for (const there of [[operations[0]!, operations[2]!], [operations[0]!, { verb: 'put', path: `${folder}/a`, seed: 3, length: 100 } as const]]) {
    const model = after(there);
    expect((await cutsOf(new Model(TOP), operations, shown(model), bytesIn(model), 0)).cuts).toEqual([]);
  }
});

test('a write that was under way may be there in part, from its beginning on and in order', async () => {
  const path = `${TOP}/first`;
  const operations: Operation[] = [{ verb: 'put', path, seed: 1, length: 5000 }, { verb: 'append', path, seed: 2, length: 4000 }];
  const model = after(operations);
  const file = model.find(path);
  if (file?.kind !== 'file') throw new Error('no file');
  const whole = file.content.bytes;
  const cut = async (bytes: Uint8Array): Promise<unknown[]> => {
    const part = after([{ verb: 'put', path, seed: 1, length: 0 }]);
    Object.assign(part.find(path)!, { content: contentOf(bytes) });
    return (await cutsOf(new Model(TOP), operations, shown(part), bytesIn(part), 0)).cuts.map((found) => [found.operations, found.partly]);
  };
  expect(await cut(whole.slice(0, 7000))).toEqual([[1, true]]);
  expect(await cut(whole.slice(0, 3000))).toEqual([[0, true]]);
  const torn = whole.slice(0, 7000);
  torn[5500] = torn[5500]! ^ 1;
  expect(await cut(torn)).toEqual([]);
  const hole = whole.slice(0, 9000);
  hole.fill(0, 5000, 6000);
  expect(await cut(hole)).toEqual([]);
});

test('what is durable, and what was done before something that is there, must be there', () => {
  const model = new Model(TOP);
  const cut = (operations: number) => ({ operations, partly: false, model });
  const heard: Heard[] = [
    { actor: 0, operation: 0, what: 'begin' }, { actor: 0, operation: 0, what: 'done' },
    { actor: 1, operation: 0, what: 'begin' }, { actor: 1, operation: 0, what: 'durable' },
    { actor: 0, operation: 1, what: 'begin' },
  ];
  const chosen = (cuts: ReturnType<typeof cut>[][]) => choose(heard, cuts, ['one', 'two']);
  expect(chosen([[cut(1)], [cut(1)]])).toHaveProperty('chosen');
  expect(chosen([[cut(2)], [cut(1)]])).toHaveProperty('chosen');
  expect(chosen([[cut(1)], [cut(0)]])).toEqual({ wrong: expect.stringContaining('two: operation 0 must be there, as it is durable') });
  expect(chosen([[cut(0)], [cut(1)]])).toEqual({ wrong: expect.stringContaining('one: operation 0 must be there, as two began operation 0 after it') });
});

test('the bytes of a seed are those that the programs write', () => {
  expect(Buffer.from(dataOf(7, 6)).toString('hex')).toBe(Buffer.from(dataOf(7, 100)).toString('hex').slice(0, 12));
  expect(dataOf(7, 6)).not.toEqual(dataOf(8, 6));
});
