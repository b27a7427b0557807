import type { BaseLayer, Store } from '../contract/index.ts';
import { ROOT_INO } from './manifest.ts';

interface Place {
  parent: number;
  name: string;
  ino: number;
}

function directoriesOf(base: BaseLayer, parent: number): Place[] {
  return base.entries(parent).flatMap(({ name, node }) => (node.kind === 'directory' ? [{ parent, name, ino: node.ino }, ...directoriesOf(base, node.ino)] : []));
}

/** A key just before a name's: the first entry after it has the name, if there is one. */
const before = (name: string): string => `${name.slice(0, -1)}${String.fromCharCode(name.charCodeAt(name.length - 1) - 1)}\uffff`;

/** Entries of the upper layer that are changes of their own: a directory that was shipped and only had its times moved on by what is in it is none. */
export async function countChanges(store: Pick<Store, 'countEntries' | 'scanEntries' | 'head'>, base: BaseLayer): Promise<number> {
  const count = await store.countEntries();
  if (count === 0) return 0;
  const { upper } = store.head();
  const touched = await Promise.all(directoriesOf(base, ROOT_INO).map(async ({ parent, name, ino }) => {
    const [row] = await store.scanEntries(upper, { parent, name: before(name) }, 1);
    const node = row && row.parent === parent && row.name === name ? row.node : null;
    return node !== null && node.ino === ino;
  }));
  return count - touched.filter(Boolean).length;
}
