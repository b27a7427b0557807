import type { Node } from '../../contract/index.ts';
import { FsError } from '../../../shared/base/index.ts';

/** A node of a past tree. */
export interface PastNode {
  /** The entry whose tree it is in. */
  at: number;
  ino: number;
  /** The directory in which it was found; a tree's root: the service's. */
  parent: Node;
  retained: number;
}

/** Nodes that are known at one time; beyond it the longest known ones that nobody holds go, and are stale for who kept their number. */
const NODES_MAX = 262_144;

/** Numbers for the nodes of past trees: one and the same for a node of one tree, another for it in every other tree. */
export class PastNodes {
  readonly #nodes = new Map<Node, PastNode>();
  readonly #numbers = new Map<number, Map<number, Node>>();
  readonly #max: number;
  #next: Node;

  /** @param first the first number that may be given out */
  constructor(first: Node, max = NODES_MAX) {
    this.#next = first;
    this.#max = max;
  }

  number(at: number, ino: number, parent: Node): Node {
    let numbers = this.#numbers.get(at);
    if (!numbers) this.#numbers.set(at, (numbers = new Map()));
    const known = numbers.get(ino);
    if (known !== undefined) return known;
    const node = this.#next++;
    numbers.set(ino, node);
    this.#nodes.set(node, { at, ino, parent, retained: 0 });
    if (this.#nodes.size > this.#max) this.#dropOldest();
    return node;
  }

  /** @throws FsError ESTALE */
  get(node: Node, operation: string): PastNode {
    const found = this.#nodes.get(node);
    if (!found) throw new FsError('ESTALE', operation, undefined, { detail: 'too many others of the past were looked at since' });
    return found;
  }

  retain(node: Node, count: 1 | -1): void {
    const found = this.#nodes.get(node);
    if (found) found.retained += count;
  }

  /** Entries whose trees somebody holds a node of. */
  *held(): Generator<number> {
    for (const { at, retained } of this.#nodes.values()) if (retained > 0) yield at;
  }

  #dropOldest(): void {
    for (const [node, { at, ino, retained }] of this.#nodes) {
      if (retained > 0) continue;
      this.#nodes.delete(node);
      const numbers = this.#numbers.get(at);
      numbers?.delete(ino);
      if (numbers?.size === 0) this.#numbers.delete(at);
      return;
    }
  }
}
