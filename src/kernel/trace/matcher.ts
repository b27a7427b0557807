import type { TraceFilter } from '../../shared/abi/index.ts';
import { callNamed, CALLS, Flag } from '../../shared/trace/index.ts';
import type { Cursor } from './chunk.ts';
import type { DescriptorPaths } from './descriptor-paths.ts';
import { textOf, type PathNode } from './path-nodes.ts';

let searches = 0;

/** A filter, made ready for many calls. */
export class Matcher {
  /** It needs to know what calls are about. */
  readonly needsPaths: boolean;
  /** Everything matches. */
  readonly isAll: boolean;
  readonly #filter: TraceFilter;
  /** By number: 1, where the call can match. */
  readonly #calls: Uint8Array | null;
  /** By number: 1, where `text` is part of the call's name. */
  readonly #named = new Uint8Array(256);
  readonly #exact: boolean;
  readonly #search = ++searches;
  readonly #text: string;
  readonly #below: string;
  /** Milliseconds since the epoch. */
  readonly #from: number;
  readonly #to: number;

  /** `started`: of the run. `exact`: `path` is meant alone, without what is below it. */
  constructor(filter: TraceFilter, started: number, exact = false) {
    this.#filter = filter;
    this.#exact = exact;
    this.needsPaths = filter.path !== undefined || (filter.text ?? '') !== '';
    this.isAll = Object.keys(filter).every((key) => key === 'text' && filter.text === '');
    this.#calls = filter.calls ? Uint8Array.from({ length: 256 }, () => 0) : null;
    for (const name of filter.calls ?? []) {
      const number = callNamed(name)?.number;
      if (number !== undefined) this.#calls![number] = 1;
    }
    this.#text = (filter.text ?? '').toLowerCase();
    for (const spec of CALLS) if (spec && this.#text !== '' && spec.name.includes(this.#text)) this.#named[spec.number] = 1;
    this.#below = filter.path === '/' ? '/' : `${filter.path}/`;
    this.#from = filter.from === undefined ? -Infinity : started + filter.from;
    this.#to = filter.to === undefined ? Infinity : started + filter.to;
  }

  test(cursor: Cursor, paths: DescriptorPaths): boolean {
    if (this.#calls !== null && this.#calls[cursor.shape.spec.number] === 0) return false;
    const { errno, tid, longer, fd } = this.#filter;
    if (errno !== undefined && !matchesErrno(cursor, errno)) return false;
    if (tid !== undefined && cursor.tid !== tid) return false;
    if (longer !== undefined && cursor.duration < longer) return false;
    if ((this.#from !== -Infinity || this.#to !== Infinity) && !this.#isWithin(cursor.began)) return false;
    if (fd !== undefined && !names(cursor, fd)) return false;
    return !this.needsPaths || this.#isAbout(cursor, paths);
  }

  #isWithin(began: number): boolean {
    return began >= this.#from && began < this.#to;
  }

  /** `text` and `path` have to hold, each of one of what it is about. */
  #isAbout(cursor: Cursor, paths: DescriptorPaths): boolean {
    const { strings, spec } = cursor.shape;
    let byText = this.#text === '' || this.#named[spec.number] === 1;
    let byPath = this.#filter.path === undefined;
    for (let index = 0; index < Math.max(1, strings.length) && !(byText && byPath); index++) {
      const node = strings.length > 0 ? paths.string(cursor, index) : paths.descriptor(cursor);
      if (node === undefined) continue;
      byText ||= this.#look(node, true);
      byPath ||= this.#look(node, false);
    }
    return byText && byPath;
  }

  /** A search for one of them looks at each text once. */
  #look(node: PathNode, byText: boolean): boolean {
    if (this.#text !== '' && this.#filter.path !== undefined) return this.#compare(node, byText);
    if (node.search !== this.#search) {
      node.search = this.#search;
      node.found = this.#compare(node, byText);
    }
    return node.found;
  }

  #compare(node: PathNode, byText: boolean): boolean {
    const text = textOf(node);
    if (text === null) return false;
    if (byText) return this.#text !== '' && text.toLowerCase().includes(this.#text);
    return text === this.#filter.path || (!this.#exact && text.startsWith(this.#below));
  }
}

function matchesErrno(cursor: Cursor, errno: number | 'failed' | 'ok'): boolean {
  if (errno === 'failed') return cursor.errno !== 0;
  if (errno === 'ok') return cursor.errno === 0 && (cursor.flags & Flag.OPEN) === 0;
  return cursor.errno === errno;
}

/** Whether a descriptor is an argument of the call, or what it gave. */
function names(cursor: Cursor, fd: number): boolean {
  const { fds, spec } = cursor.shape;
  for (let index = 0; index < fds.length; index++) if (cursor.arg(fds[index]!) === fd) return true;
  return cursor.hasResult && spec.args[spec.result]?.kind === 'outFd' && cursor.result() === fd;
}
