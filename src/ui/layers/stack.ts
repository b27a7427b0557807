import type { LayerInfo } from '../../shared/abi/index.ts';
import { plural } from '../kit/index.ts';

export const KINDS: Record<LayerInfo['kind'], { text: string; about: string }> = {
  base: { text: 'base', about: 'As shipped; never changes' },
  frozen: { text: 'frozen', about: 'Pushed; does not change any more' },
  imported: { text: 'imported', about: 'Came as an archive or a folder; does not change' },
  folder: { text: 'folder', about: 'A folder of this machine; only a commit changes it' },
  upper: { text: 'upper', about: 'What programs and you change goes here' },
  session: { text: 'session', about: 'What one program changed, apart from the workspace' },
  branch: { text: 'branch', about: 'A line of its own, apart from the workspace' },
};

export interface Stack {
  /** From the top to the bottom, as they are shown. */
  stack: LayerInfo[];
  /** Sessions, branches and mounted folders. */
  beside: LayerInfo[];
}

export function stackOf(layers: readonly LayerInfo[]): Stack {
  const isBeside = ({ kind }: LayerInfo): boolean => kind === 'session' || kind === 'branch' || kind === 'folder';
  return { stack: layers.filter((layer) => !isBeside(layer)).toReversed(), beside: layers.filter(isBeside) };
}

/** `12 names, 2 deletions`, `empty`. */
export function countsOf({ entries, whiteouts }: LayerInfo): string {
  if (entries + whiteouts === 0) return 'empty';
  return [entries > 0 && plural(entries, 'name'), whiteouts > 0 && plural(whiteouts, 'deletion')].filter(Boolean).join(', ');
}

const isMovable = ({ kind }: LayerInfo): boolean => kind === 'frozen' || kind === 'imported';

/** The names from the bottom to the top with one layer moved by a place; null where it cannot go there. */
export function movedOrder(stack: readonly LayerInfo[], name: string, direction: 'up' | 'down'): string[] | null {
  const names = stack.filter(isMovable).map((layer) => layer.name).toReversed();
  const at = names.indexOf(name);
  const to = direction === 'up' ? at + 1 : at - 1;
  if (at < 0 || to < 0 || to >= names.length) return null;
  return names.with(at, names[to] as string).with(to, name);
}
