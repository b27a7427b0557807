import { FsError } from '../../shared/base/index.ts';
import { emptyBatch, type BaseLayer, type LayerRecord, type Store } from '../contract/index.ts';
import { expressLayers } from './layer-express.ts';
import { copyLayer, mergeLayers } from './layer-merge.ts';
import type { Overlay } from './overlay.ts';

export interface LayersOptions {
  store: Store;
  overlay: Pick<Overlay, 'stack' | 'restack' | 'chunks'>;
  base: BaseLayer;
  /** `JournalWriter.between`. */
  between: <T>(action: () => Promise<T>) => Promise<T>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Layers in the stack, at most: each is asked for every directory that is read. */
export const STACK_MAX = 64;
const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const TAKEN = new Set(['base', 'upper', '.', '..', 'now']);

/** The stack of layers: what changes it, and not what is seen. Rules LA* in SPEC.md. */
export class Layers {
  readonly #options: LayersOptions;
  #merging: Promise<unknown> = Promise.resolve();

  constructor(options: LayersOptions) {
    this.#options = options;
  }

  /** The layer that changes go to, and the frozen ones below it, from the bottom to the top. */
  get stack(): { upper: number; stack: readonly number[] } {
    return this.#options.overlay.stack;
  }

  /** From the bottom to the top, without the base; then those beside the stack. */
  async list(): Promise<LayerRecord[]> {
    const records = new Map((await this.#options.store.layers()).map((record) => [record.id, record]));
    const { upper, stack } = this.#options.overlay.stack;
    const inStack = [...stack, upper];
    return [...inStack.flatMap((id) => records.get(id) ?? []), ...[...records.values()].filter((record) => !inStack.includes(record.id) && !this.#isLeft(record))];
  }

  /** @throws FsError ENOENT */
  async find(name: string): Promise<LayerRecord> {
    const found = (await this.list()).find((record) => record.name === name);
    if (!found) throw new FsError('ENOENT', 'layer', name, { detail: 'there is no layer of this name' });
    return found;
  }

  /** Freezes the upper under this name; `imported`: what is in it came from elsewhere. @throws FsError EINVAL, EEXIST, and ENOSPC beyond 64 layers */
  async push(name: string, kind: 'frozen' | 'imported' = 'frozen'): Promise<LayerRecord> {
    checkName(name);
    return this.#options.between(async () => {
      await this.#requireFree(name);
      return this.#freeze(name, kind);
    });
  }

  /** Whether a layer could be pushed under this name now. @throws FsError EINVAL, EEXIST */
  async requireFree(name: string): Promise<void> {
    checkName(name);
    await this.#requireFree(name);
  }

  /**
   * Merges the upper into the frozen layer below it, which keeps its name. The upper is frozen first, so that programs go on
   * meanwhile; if the merge fails it stays a layer of its own. @throws FsError EINVAL if there is no frozen layer
   */
  commit(): Promise<LayerRecord> {
    const done = this.#merging.then(() => this.#commit());
    this.#merging = done.catch(() => undefined);
    return done;
  }

  /** @throws FsError ENOENT, EINVAL, EEXIST; EPERM for the upper */
  async rename(name: string, to: string): Promise<void> {
    checkName(to);
    await this.#options.between(async () => {
      const found = await this.find(name);
      if (found.kind === 'upper') throw new FsError('EPERM', 'layer', name, { detail: 'the upper has no name of its own' });
      if (name === to) return;
      await this.#requireFree(to);
      await this.#options.store.commit(emptyBatch({ layers: [{ ...found, name: to }] }));
    });
  }

  /** Drops what a merge left that was cut off by a kill. */
  async tidy(): Promise<void> {
    const { store, between } = this.#options;
    await this.#merging;
    await between(async () => {
      const left = (await store.layers()).filter((record) => this.#isLeft(record)).map(({ id }) => id);
      if (left.length > 0) await store.commit(emptyBatch({ droppedLayers: left, durability: 'relaxed' }));
    });
  }

  /**
   * Puts the upper onto other layers: frozen ones of the stack in another order or fewer, or ones beside it, from the bottom to the top. Nothing that is
   * seen changes: the upper then says all that the tree has and they do not give. Layers that are not named are dropped. `targetOf` is given the stack as it is when this begins. As `commit`, programs go on meanwhile.
   */
  restackOnto(targetOf: (stack: readonly number[]) => readonly number[]): Promise<void> {
    const done = this.#merging.then(() => this.#restackOnto(targetOf));
    this.#merging = done.catch(() => undefined);
    return done;
  }

  async #restackOnto(targetOf: (stack: readonly number[]) => readonly number[]): Promise<void> {
    const { store, base, overlay, between } = this.#options;
    const { from, into, target } = await between(async () => {
      const target = targetOf(overlay.stack.stack);
      const known = new Set((await store.layers()).map(({ id }) => id));
      if (!target.every((id) => known.has(id))) throw new FsError('EBUSY', 'layer', undefined, { detail: 'one of the layers was merged or taken out meanwhile' });
      const frozen = await this.#freeze(freeName('upper', await this.list()));
      return { target, from: overlay.stack.stack, into: await this.#reserve({ ...frozen, name: 'upper' }) };
    });
    await this.#write(into, () => expressLayers({ store, base, from, onto: target, into, guard: (batch) => overlay.chunks.guard(batch) }));
    await between(() => this.#replaceUpper(from, target, into));
  }

  /** A layer that is written completely, or dropped again. */
  async #write(into: number, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      await this.#options.store.commit(emptyBatch({ droppedLayers: [into] })).catch(() => undefined);
      throw error;
    }
  }

  /** What was changed since goes into the new upper too. */
  async #replaceUpper(from: readonly number[], target: readonly number[], into: number): Promise<void> {
    const { store, overlay, now } = this.#options;
    const { upper, stack } = overlay.stack;
    if (stack.length !== from.length || stack.some((id, i) => id !== from[i])) throw new FsError('EBUSY', 'layer', undefined, { detail: 'the stack was changed meanwhile' });
    await copyLayer(store, upper, into, (batch) => overlay.chunks.guard(batch));
    await overlay.restack(emptyBatch({
      layers: [{ id: into, name: 'upper', kind: 'upper', created: now() }],
      droppedLayers: [upper, ...from.filter((id) => !target.includes(id))],
      stack: { upper: into, stack: target },
    }));
  }

  /** The number of a layer that is going to be written. */
  async #reserve(like: LayerRecord): Promise<number> {
    const { store } = this.#options;
    const id = store.head().nextLayer;
    await store.commit(emptyBatch({ nextLayer: id + 1, layers: [{ ...like, id, kind: 'frozen', name: `${like.name}, being written` }] }));
    return id;
  }

  async #commit(): Promise<LayerRecord> {
    const { store, base, overlay, between } = this.#options;
    const { frozen, target, into } = await between(async () => {
      const below = overlay.stack.stack.at(-1);
      const records = await this.list();
      const found = records.find(({ id }) => id === below);
      if (!found) throw new FsError('EINVAL', 'commit', undefined, { detail: 'there is no layer between the base and the upper; push makes one' });
      const added = await this.#freeze(freeName(found.name, records));
      return { frozen: added, target: found, into: await this.#reserve(found) };
    });
    const { stack } = overlay.stack;
    const at = stack.indexOf(target.id);
    await this.#write(into, () => mergeLayers({
      store, base, below: stack.slice(0, at), lower: target.id, upper: frozen.id, into, guard: (batch) => overlay.chunks.guard(batch),
    }));
    return between(() => this.#replace([target, frozen], into));
  }

  /** Puts a layer into the stack that gives what these two give. */
  async #replace([target, frozen]: [LayerRecord, LayerRecord], into: number): Promise<LayerRecord> {
    const { overlay, store } = this.#options;
    const { upper, stack } = overlay.stack;
    // Its name may be another by now.
    const { name } = (await store.layers()).find(({ id }) => id === target.id) ?? target;
    const record: LayerRecord = { ...target, name, id: into };
    await overlay.restack(emptyBatch({
      layers: [record], droppedLayers: [target.id, frozen.id],
      stack: { upper, stack: stack.flatMap((id) => (id === target.id ? [into] : id === frozen.id ? [] : [id])) },
    }));
    return record;
  }

  /** A frozen layer beside the stack is one that is being written, or was. */
  #isLeft({ id, kind }: LayerRecord): boolean {
    return (kind === 'frozen' || kind === 'imported') && !this.#options.overlay.stack.stack.includes(id);
  }

  /** The upper becomes a frozen layer; a new one is on top of it. */
  async #freeze(name: string, kind: 'frozen' | 'imported' = 'frozen'): Promise<LayerRecord> {
    const { store, overlay, now } = this.#options;
    const { upper, stack } = overlay.stack;
    if (stack.length >= STACK_MAX) throw new FsError('ENOSPC', 'layer', name, { detail: `there are ${STACK_MAX} layers, which is the limit; commit makes one of two` });
    const frozen: LayerRecord = { id: upper, name, kind, created: now() };
    const id = store.head().nextLayer;
    await overlay.restack(emptyBatch({
      layers: [frozen, { id, name: 'upper', kind: 'upper', created: now() }], nextLayer: id + 1, stack: { upper: id, stack: [...stack, upper] },
    }));
    return frozen;
  }

  async #requireFree(name: string): Promise<void> {
    if ((await this.list()).some((record) => record.name === name)) throw new FsError('EEXIST', 'layer', name, { detail: 'another layer has this name' });
  }
}

/** @throws FsError EINVAL */
function checkName(name: string): void {
  if (typeof name === 'string' && NAME.test(name) && !TAKEN.has(name)) return;
  throw new FsError('EINVAL', 'layer', name, { detail: 'a layer\'s name has letters, digits, dots, underscores and hyphens, at most 64, and is not one that means something else' });
}

function freeName(name: string, records: readonly LayerRecord[]): string {
  for (let i = 1; ; i++) {
    const free = `${name.slice(0, 56)}.${i}`;
    if (!records.some((record) => record.name === free)) return free;
  }
}
