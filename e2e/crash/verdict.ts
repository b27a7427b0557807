import { contentOf, dataOf, EMPTY, type Content } from './content.ts';
import type { Model, Operation, Seen } from './model.ts';

/** What the page told while it worked, in its own order. */
export type Heard =
  /** The operation is begun now, not earlier. */
  | { actor: number; operation: number; what: 'begin' }
  /** It was done before now; `durable`: and is on disk. */
  | { actor: number; operation: number; what: 'done' | 'durable' };

/** How far an actor came: so many operations whole, and `partly` if the next one is there in part. */
export interface Cut {
  operations: number;
  partly: boolean;
  model: Model;
}

/**
 * All points of an actor's history that look as what is there now. Empty if there is none: then `told` says how the best one differs.
 * `before`: its model at the start.
 */
export async function cutsOf(
  before: Model, operations: readonly Operation[], seen: ReadonlyMap<string, Seen>, bytesOf: (path: string) => Promise<Uint8Array>, atLeast: number,
): Promise<{ cuts: Cut[]; told: string }> {
  const cuts: Cut[] = [];
  let told = '';
  const model = before.copy();
  for (let done = 0; done <= operations.length; done += 1) {
    const difference = model.difference(seen);
    if (difference === null) cuts.push({ operations: done, partly: false, model: model.copy() });
    else if (done === atLeast) told = difference;
    const next = operations[done];
    if (!next) break;
    const partial = difference === null ? null : await partly(model, next, seen, bytesOf);
    if (partial) cuts.push({ operations: done, partly: true, model: partial });
    model.apply(next);
  }
  return { cuts, told };
}

/** The model with what is there of an operation that writes, if that is a beginning of it and nothing else differs. */
async function partly(model: Model, operation: Operation, seen: ReadonlyMap<string, Seen>, bytesOf: (path: string) => Promise<Uint8Array>): Promise<Model | null> {
  if (operation.verb !== 'put' && operation.verb !== 'at' && operation.verb !== 'append') return null;
  const { path } = operation;
  const found = seen.get(path);
  if (found?.kind !== 'file') return null;
  const trial = model.copy();
  if (!trial.find(path)) trial.apply({ verb: 'put', path, seed: 0, length: 0 });
  const node = trial.find(path);
  if (node?.kind !== 'file') return null;
  const old = operation.verb === 'put' ? EMPTY : node.content;
  // Before its bytes are fetched: everything else must be as it was.
  node.content = { size: found.size, hash: found.hash } as Content;
  if (trial.difference(seen) !== null) return null;
  const bytes = await bytesOf(path);
  node.content = contentOf(bytes);
  const offset = operation.verb === 'at' ? operation.offset : operation.verb === 'append' ? old.size : 0;
  return isBeginning(old.bytes, bytes, offset, dataOf(operation.seed, operation.length)) ? trial : null;
}

/** Whether `bytes` is `old` with a beginning of `data` written at `offset`. */
function isBeginning(old: Uint8Array, bytes: Uint8Array, offset: number, data: Uint8Array): boolean {
  let done = 0;
  while (done < data.length && offset + done < bytes.length && bytes[offset + done] === data[done]) done += 1;
  const end = done === 0 ? 0 : offset + done;
  if (bytes.length !== Math.max(old.length, end)) return false;
  for (let i = 0; i < bytes.length; i += 1) {
    const wanted = i >= offset && i < offset + done ? data[i - offset] : (old[i] ?? 0);
    if (bytes[i] !== wanted) return false;
  }
  return true;
}

/**
 * Chooses one cut for each actor so that all together are a prefix of what happened: what is durable is in it, and whatever
 * was done before something that is in it was begun is in it too. Returns what is wrong if there is no such choice.
 */
export function choose(heard: readonly Heard[], cuts: readonly (readonly Cut[])[], names: readonly string[]): { chosen: Cut[] } | { wrong: string } {
  const needed = cuts.map(() => 0);
  const because = cuts.map(() => 'nothing');
  /** For each actor and operation: how far the others had come when it was begun. */
  const context = new Map<string, number[]>();
  const done = cuts.map(() => 0);
  for (const { actor, operation, what } of heard) {
    if (what === 'begin') context.set(`${actor}/${operation}`, [...done]);
    else done[actor] = operation + 1;
    if (what === 'durable') {
      needed[actor] = operation + 1;
      because[actor] = 'it is durable';
    }
  }
  const chosen: Cut[] = [];
  for (let changed = true; changed;) {
    changed = false;
    for (const [actor, list] of cuts.entries()) {
      const cut = list.find(({ operations }) => operations >= needed[actor]!);
      if (!cut) {
        const reached = list.map(({ operations, partly: part }) => `${operations}${part ? '+' : ''}`).join(', ');
        return { wrong: `${names[actor]}: operation ${needed[actor]! - 1} must be there, as ${because[actor]}; what is there is the state after ${reached || 'none'}` };
      }
      chosen[actor] = cut;
      for (let i = 0; i < cut.operations + (cut.partly ? 1 : 0); i += 1) {
        for (const [other, count] of (context.get(`${actor}/${i}`) ?? []).entries()) {
          if (count <= needed[other]!) continue;
          needed[other] = count;
          because[other] = `${names[actor]} began operation ${i} after it`;
          changed = true;
        }
      }
    }
  }
  return { chosen };
}
