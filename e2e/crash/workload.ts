import type { Model, ModelNode, Operation } from './model.ts';

export interface Actor {
  /** Its first directory, and what the messages call it. */
  name: string;
  /** Programs can do everything; the page's own calls no links, no ranges and no `fd_sync`, but each of them is durable. */
  kind: 'page' | 'program';
  /** Names in `/home` that are its own. */
  names: readonly string[];
}

export const TOP = '/home';

/** Two programs, the user, and the user among the files that came with the workspace. */
export const ACTORS: readonly Actor[] = [
  { name: 'first', kind: 'program', names: ['first', 'first again'] },
  { name: 'second', kind: 'program', names: ['second'] },
  { name: 'user', kind: 'page', names: ['user'] },
  { name: 'shipped', kind: 'page', names: ['shipped', 'data', 'welcome.md', 'pixel.png'] },
];

type Random = () => number;
const NODES_MAX = 40;
const NAMES = ['a', 'b', 'c.txt', 'grüß', '漢字', '😀', 'with space', '.hidden', 'A', 'long'.repeat(20)];

/** Makes up `count` operations that can be done one after the other, starting with what `model` holds; `model` has them applied then. */
export function makeUp(random: Random, actor: Actor, model: Model, count: number): Operation[] {
  const operations: Operation[] = [];
  while (operations.length < count) {
    const operation = makeUpOne(random, actor, model);
    if (!operation) continue;
    model.apply(operation);
    operations.push(operation);
  }
  return operations;
}

function makeUpOne(random: Random, actor: Actor, model: Model): Operation | null {
  const nodes = [...model.walk()];
  const of = (kind: ModelNode['kind']): string[] => nodes.filter(({ node }) => node.kind === kind).map(({ path }) => path);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const home = actor.names.find((name) => !model.find(`${TOP}/${name}`));
  if (home !== undefined && (nodes.length === 0 || random() < 0.05)) return { verb: 'mkdir', path: `${TOP}/${home}` };
  const fresh = (): string | null => {
    const folder = pick(of('directory'));
    const path = `${folder}/${pick(NAMES)}${random() < 0.5 ? Math.floor(random() * 8) : ''}`;
    return folder === undefined || path.length > 400 || model.find(path) ? null : path;
  };
  const file = pick(of('file'));
  const verb = pick(actor.kind === 'page' ? PAGE_VERBS : PROGRAM_VERBS)!;
  const crowded = nodes.length > NODES_MAX;
  const seed = Math.floor(random() * 2 ** 31);
  switch (verb) {
    case 'put': {
      const path = crowded || random() < 0.4 ? file : fresh();
      return path ? { verb, path, seed, length: lengthFrom(random) } : null;
    }
    case 'at': return file === undefined ? null : { verb, path: file, seed, length: lengthFrom(random), offset: Math.floor(random() ** 4 * 400_000) };
    case 'append': return file === undefined || sizeOf(model, file) > 1_000_000 ? null : { verb, path: file, seed, length: lengthFrom(random) };
    case 'size': return file === undefined ? null : { verb, path: file, size: Math.floor(random() ** 3 * 300_000) };
    case 'sync': return file === undefined ? null : { verb, path: file };
    case 'unlink': {
      const path = pick([...of('file'), ...of('symlink')]);
      return path === undefined ? null : { verb, path };
    }
    case 'rmdir': {
      const path = pick(nodes.filter(({ node }) => node.kind === 'directory' && node.names.size === 0))?.path;
      return path === undefined ? null : { verb, path };
    }
    case 'mkdir': return freshly(crowded, fresh(), (path) => ({ verb, path }));
    case 'symlink': return freshly(crowded, fresh(), (path) => ({ verb, path, target: pick(['a', '../x/y', '/nowhere', 'ünï/漢字'])! }));
    case 'link': return freshly(crowded || file === undefined, fresh(), (to) => ({ verb, path: file!, to }));
    case 'rename': return rename(model, pick(nodes)?.path, random() < 0.5 ? fresh() : pick(nodes)?.path);
  }
}

const freshly = (crowded: boolean, path: string | null, make: (path: string) => Operation): Operation | null =>
  crowded || path === null ? null : make(path);

function rename(model: Model, path: string | undefined, to: string | null | undefined): Operation | null {
  if (path === undefined || to === null || to === undefined || to === path || to.startsWith(`${path}/`)) return null;
  const node = model.find(path);
  const target = model.find(to);
  if (target === node || (target && (target.kind === 'directory') !== (node?.kind === 'directory'))) return null;
  if (target?.kind === 'directory' && target.names.size > 0) return null;
  return { verb: 'rename', path, to };
}

const sizeOf = (model: Model, path: string): number => {
  const node = model.find(path);
  return node?.kind === 'file' ? node.content.size : 0;
};

/** Mostly small; some of several blocks; some that end where a block does. */
function lengthFrom(random: Random): number {
  const kind = random();
  if (kind < 0.1) return 0;
  if (kind < 0.7) return Math.floor(random() * 500);
  if (kind < 0.9) return Math.floor(random() * 70_000);
  return kind < 0.96 ? Math.floor(random() * 300_000) : 65536 * (1 + Math.floor(random() * 3));
}

const times = <T>(verb: T, count: number): T[] => Array.from({ length: count }, () => verb);
const PAGE_VERBS = [...times('put' as const, 8), ...times('rename' as const, 4), ...times('unlink' as const, 3), ...times('mkdir' as const, 3), 'rmdir', 'symlink'] as const;
const PROGRAM_VERBS = [...PAGE_VERBS, ...times('at' as const, 4), ...times('append' as const, 4), ...times('size' as const, 2), ...times('link' as const, 3), ...times('sync' as const, 2)] as const;
