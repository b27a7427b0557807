import { callNamed } from '../../shared/trace/index.ts';
import { Cursor, type Chunk } from './chunk.ts';
import type { PathNode, PathNodes } from './path-nodes.ts';

/** What a call that succeeded does to the descriptors; by its number. */
const Effect = { NONE: 0, OPENS: 1, CLOSES: 2, RENUMBERS: 3, /** Gives a descriptor of what has no path. */ MAKES: 4 } as const;
const effects = new Uint8Array(256);
const set = (effect: number, ...names: string[]): void => {
  for (const name of names) effects[callNamed(name)!.number] = effect;
};
set(Effect.OPENS, 'path_open', 'astrid_vfs_open', 'astrid_vfs_open_dir');
set(Effect.CLOSES, 'fd_close', 'astrid_vfs_close');
set(Effect.RENUMBERS, 'fd_renumber');
set(Effect.MAKES, 'sock_accept', 'astrid_subscribe', 'astrid_request', 'astrid_http_request', 'astrid_token_redeem');

const DESCRIPTORS = 1024;

/** Follows the descriptors of a run from call to call: what each is open on, as far as that is known. Nothing is guessed: what is not known has no path. */
export class DescriptorPaths {
  #open: readonly (PathNode | undefined)[];
  /** Others have it too: it is copied before it is changed. */
  #shared = true;
  readonly #nodes: PathNodes;

  constructor(nodes: PathNodes, open: readonly (PathNode | undefined)[] = []) {
    this.#nodes = nodes;
    this.#open = open;
  }

  /** As they are now; not changed afterwards. */
  copy(): readonly (PathNode | undefined)[] {
    this.#shared = true;
    return this.#open;
  }

  /** Goes on from before another chunk. */
  restart({ before }: Chunk): void {
    this.#open = before;
    this.#shared = true;
  }

  forget(): void {
    this.#open = [];
  }

  /** The string of the call with this index: a path from the descriptor that the call names before it, or plain text; undefined where it is not known. */
  string(cursor: Cursor, index: number): PathNode | undefined {
    const at = cursor.stringAt(index);
    if (at < 0) return undefined;
    const { spec, bases } = cursor.shape;
    if (spec.args[spec.strings[index]!]!.kind === 'text') return this.#nodes.find(null, cursor.words, at, cursor.stringLength(index));
    // Texts come before paths.
    const base = this.#open[cursor.base(index - spec.strings.length + bases.length)];
    return base && this.#nodes.find(base, cursor.words, at, cursor.stringLength(index));
  }

  /** What the first descriptor that the call names is open on. */
  descriptor(cursor: Cursor): PathNode | undefined {
    const { fds } = cursor.shape;
    return fds.length === 0 ? undefined : this.#open[cursor.arg(fds[0]!)];
  }

  /** What all calls of a chunk did. */
  applyAll(chunk: Chunk): void {
    for (const cursor = new Cursor(chunk); cursor.nextOf(effects);) this.apply(cursor);
  }

  /** What the call did. To be called after what it was about has been asked. */
  apply(cursor: Cursor): void {
    const effect = effects[cursor.shape.spec.number]!;
    if (effect === Effect.NONE || cursor.errno !== 0 || cursor.flags & 1) return;
    if (effect === Effect.OPENS) this.#put(cursor.result(), this.string(cursor, 0));
    else if (effect === Effect.CLOSES) this.#put(cursor.arg(0), undefined);
    else if (effect === Effect.MAKES) this.#put(cursor.result(), undefined);
    else {
      this.#put(cursor.arg(1), this.#open[cursor.arg(0)]);
      if (cursor.arg(0) !== cursor.arg(1)) this.#put(cursor.arg(0), undefined);
    }
  }

  #put(fd: number, node: PathNode | undefined): void {
    if (fd >= DESCRIPTORS) return;
    const open = this.#shared ? [...this.#open] : (this.#open as (PathNode | undefined)[]);
    while (open.length <= fd) open.push(undefined);
    open[fd] = node;
    this.#open = open;
    this.#shared = false;
  }
}
