import type { TreeNode } from '../stores/index.ts';

const RESULTS_MAX = 30;

/**
 * Paths of files that hold all letters of `text` in order; matches within the name and short paths first.
 * An empty text finds nothing.
 */
export function searchFiles(nodes: Iterable<Pick<TreeNode, 'path' | 'name' | 'kind' | 'origin'>>, text: string): string[] {
  const wanted = text.toLowerCase().replaceAll(/\s+/g, '');
  if (wanted === '') return [];
  const found: { path: string; score: number }[] = [];
  for (const node of nodes) {
    // A name with a zero in it stands for what is not loaded.
    if (node.kind === 'directory' || node.origin === 'deleted' || node.name === '\0') continue;
    const score = scoreOf(node, wanted);
    if (score !== null) found.push({ path: node.path, score });
  }
  return found.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1)).slice(0, RESULTS_MAX).map(({ path }) => path);
}

function scoreOf(node: { path: string; name: string }, wanted: string): number | null {
  const name = node.name.toLowerCase();
  const length = node.path.length / 1000;
  if (name.startsWith(wanted)) return 4 - length;
  if (name.includes(wanted)) return 3 - length;
  if (node.path.toLowerCase().includes(wanted)) return 2 - length;
  return isSubsequence(wanted, node.path.toLowerCase()) ? 1 - length : null;
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (let index = 0; index < text.length && at < wanted.length; index++) if (text[index] === wanted[at]) at++;
  return at === wanted.length;
}
