import { Header } from '../arena/index.ts';
import type { Tree } from './tree.ts';

/** Does what walks without the lock must not see half done: under the tree's lock, with its sequence word odd meanwhile. */
export function changeNames(tree: Tree, action: () => void): void {
  tree.lock();
  Atomics.add(tree.arena.i32, Header.TREE_SEQ, 1);
  action();
  Atomics.add(tree.arena.i32, Header.TREE_SEQ, 1);
  tree.unlock();
}
