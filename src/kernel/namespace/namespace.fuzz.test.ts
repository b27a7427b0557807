import { describe, expect, test } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { MemoryService } from '../services/memory/index.ts';
import { Namespace, NamespaceFiles } from './index.ts';

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface ModelNode {
  kind: 'file' | 'directory' | 'symlink';
  children: Map<string, ModelNode>;
  parent: ModelNode;
  target: string;
  /** What is mounted over this directory. */
  over?: ModelNode;
  /** For the root of a mount: what it covers. */
  under?: ModelNode;
  service: number;
}

/** The naive model: one tree of objects, walked by recursion over strings. Failures are errno names. */
class Model {
  readonly root = this.make('directory', 1);

  make(kind: ModelNode['kind'], service: number, parent?: ModelNode): ModelNode {
    const node = { kind, children: new Map(), target: '', service } as unknown as ModelNode;
    node.parent = parent ?? node;
    return node;
  }

  up(node: ModelNode): ModelNode {
    if (node.under) return this.up(node.under);
    return node.parent.over ?? node.parent;
  }

  /** `[directory, name, node or undefined]`, or an errno. */
  resolve(path: string, follow: boolean, from = this.root, links = { count: 0 }): [ModelNode, string, ModelNode | undefined] | string {
    const parts = path.split('/').filter((part) => part !== '');
    let at = path.startsWith('/') ? this.root : from;
    let parent = at;
    let name = '';
    for (let place = 0; place < parts.length; place++) {
      const part = parts[place] as string;
      if (at.kind !== 'directory') return 'ENOTDIR';
      [parent, name] = [at, ''];
      if (part === '..') {
        at = this.up(at);
        continue;
      }
      name = part;
      const child = at.children.get(part);
      const last = place === parts.length - 1;
      if (!child) return last ? [parent, name, undefined] : 'ENOENT';
      if (child.kind === 'symlink' && (!last || follow)) {
        if (++links.count > 40) return 'ELOOP';
        const rest = parts.slice(place + 1).join('/');
        return this.resolve(rest ? `${child.target}/${rest}` : child.target, follow, at, links);
      }
      at = child.over ?? child;
    }
    return [parent, name, at];
  }

  existing(path: string): [ModelNode, string, ModelNode] | string {
    const found = this.resolve(path, false);
    if (typeof found === 'string') return found;
    const [parent, name, node] = found;
    if (!node) return 'ENOENT';
    if (node.under || node === this.root) return 'EBUSY';
    return name === '' ? 'EINVAL' : [parent, name, node];
  }

  add(path: string, kind: ModelNode['kind'], target = ''): string {
    const found = this.resolve(path, false);
    if (typeof found === 'string') return found;
    const [parent, name, node] = found;
    if (node) return 'EEXIST';
    const made = this.make(kind, parent.service, parent);
    made.target = target;
    parent.children.set(name, made);
    return 'ok';
  }

  write(path: string): string {
    const found = this.resolve(path, true);
    if (typeof found === 'string') return found;
    const [parent, name, node] = found;
    if (node) return node.kind === 'directory' ? 'EISDIR' : 'ok';
    parent.children.set(name, this.make('file', parent.service, parent));
    return 'ok';
  }

  rm(path: string): string {
    const found = this.existing(path);
    if (typeof found === 'string') return found;
    const [parent, name, node] = found;
    if (node.kind === 'directory' && node.children.size > 0) return 'ENOTEMPTY';
    parent.children.delete(name);
    return 'ok';
  }

  rename(from: string, to: string): string {
    const source = this.existing(from);
    if (typeof source === 'string') return source;
    const target = this.resolve(to, false);
    if (typeof target === 'string') return target;
    const [parent, name, node] = source;
    const [into, newName, there] = target;
    if (there?.under || there === this.root) return 'EBUSY';
    if (newName === '') return 'EINVAL';
    if (parent.service !== into.service) return 'EXDEV';
    if (there === node) return 'ok';
    for (let at = into; node.kind === 'directory'; at = at.parent) {
      if (at === node) return 'EINVAL';
      if (at.parent === at) break;
    }
    if (there?.kind === 'directory' && node.kind !== 'directory') return 'EISDIR';
    if (there?.kind === 'directory' && there.children.size > 0) return 'ENOTEMPTY';
    if (there && there.kind !== 'directory' && node.kind === 'directory') return 'ENOTDIR';
    parent.children.delete(name);
    into.children.set(newName, node);
    node.parent = into;
    return 'ok';
  }

  mount(path: string, service: number): string {
    const found = this.resolve(path, true);
    if (typeof found === 'string') return found;
    const node = found[2];
    if (!node) return 'ENOENT';
    if (node === this.root || (node.under && this.hasMounts(node))) return node.kind === 'directory' ? 'EBUSY' : 'ENOTDIR';
    if (node.kind !== 'directory') return 'ENOTDIR';
    const point = node.under ?? node;
    const root = this.make('directory', service);
    root.under = point;
    point.over = root;
    return 'ok';
  }

  unbind(path: string): string {
    const found = this.resolve(path, true);
    if (typeof found === 'string') return found;
    const node = found[2];
    if (!node) return 'ENOENT';
    if (node === this.root) return 'EBUSY';
    if (!node.under) return 'EINVAL';
    if (this.hasMounts(node)) return 'EBUSY';
    delete node.under.over;
    return 'ok';
  }

  hasMounts(node: ModelNode): boolean {
    return [...node.children.values()].some((child) => child.over !== undefined || this.hasMounts(child));
  }

  list(node = this.root, path = ''): string[] {
    return [...node.children].flatMap(([name, child]) => {
      const shown = child.over ?? child;
      const line = `${path}/${name} ${shown.kind}${shown.target && ` -> ${shown.target}`}`;
      return shown.kind === 'directory' ? [line, ...this.list(shown, `${path}/${name}`)] : [line];
    });
  }
}

async function listReal(files: NamespaceFiles, path = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await files.readdir(path || '/')) {
    const child = `${path}/${entry.name}`;
    const target = entry.kind === 'symlink' ? ` -> ${await files.readlink(child)}` : '';
    lines.push(`${child} ${entry.kind}${target}`);
    if (entry.kind === 'directory') lines.push(...(await listReal(files, child)));
  }
  return lines;
}

async function outcome(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'ok';
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('namespace against a naive model, seed %i', (seed) => {
  test('the same outcomes and the same tree', async () => {
    const random = randomOf(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const name = (): string => pick(['a', 'b', 'c']);
    const path = (): string => `/${Array.from({ length: 1 + Math.floor(random() * 4) }, () => (random() < 0.12 ? '..' : name())).join('/')}`;
    const target = (): string => (random() < 0.5 ? path() : path().slice(1));
    let service = 1;
    const clock = { realtime: () => 1n, monotonic: () => 0 };
    const make = (): MemoryService => new MemoryService({ dev: ++service, clock });
    const namespace = Namespace.of(make());
    const files = new NamespaceFiles(namespace);
    const model = new Model();
    const log: string[] = [];
    const operations: [number, () => [string, Promise<unknown>, () => string]][] = [
      [6, () => ((p) => [`mkdir ${p}`, files.mkdir(p), () => model.add(p, 'directory')])(path())],
      [4, () => ((p) => [`write ${p}`, files.writeFile(p, new Uint8Array(1)), () => model.write(p)])(path())],
      [3, () => ((t, p) => [`symlink ${t} ${p}`, files.symlink(t, p), () => model.add(p, 'symlink', t)])(target(), path())],
      [3, () => ((p) => [`rm ${p}`, files.rm(p), () => model.rm(p)])(path())],
      [5, () => ((p, q) => [`rename ${p} ${q}`, files.rename(p, q), () => model.rename(p, q)])(path(), path())],
      [1, () => ((p) => [`mount ${p}`, namespace.mount(make(), p), () => model.mount(p, service)])(path())],
      [0.7, () => ((p) => [`unbind ${p}`, namespace.unbind(p), () => model.unbind(p)])(path())],
    ];
    const weight = operations.reduce((sum, [share]) => sum + share, 0);
    for (let step = 0; step < 1500; step++) {
      let dice = random() * weight;
      const [, build] = operations.find(([share]) => (dice -= share) < 0) as (typeof operations)[number];
      const [line, action, expected] = build();
      const got = await outcome(action);
      log.push(`${line}: ${got}`);
      expect(got, log.slice(-40).join('\n')).toBe(expected());
      if (step % 50 === 0) expect((await listReal(files)).sort(), log.slice(-60).join('\n')).toEqual(model.list().sort());
    }
  });
});
