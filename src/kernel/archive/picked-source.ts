import type { SourceNode, TreeSource } from './tree-source.ts';

/** Names by their parents; null: all that is below. */
type Picked = Map<string, Picked | null>;

function pick(paths: readonly string[]): Picked {
  const top: Picked = new Map();
  for (const path of paths) {
    const parts = path.split('/').filter((part) => part !== '');
    let at: Picked = top;
    parts.forEach((part, index) => {
      const known = at.get(part);
      if (known === null) return;
      const next: Picked | null = index === parts.length - 1 ? null : (known ?? new Map<string, Picked | null>());
      at.set(part, next);
      if (next) at = next;
    });
  }
  return top;
}

/** Of a source only these paths, which are relative to its top, with all below them and the directories above them. */
export function pickedSource(source: TreeSource, paths: readonly string[]): TreeSource {
  const within = new WeakMap<SourceNode, Picked>([[source.root, pick(paths)]]);
  return {
    ...source,
    entries: async (dir) => {
      const wanted = within.get(dir);
      const entries = await source.entries(dir);
      if (!wanted) return entries;
      return entries.filter(({ name, node }) => {
        const below = wanted.get(name);
        if (below) within.set(node, below);
        return below !== undefined;
      });
    },
  };
}
