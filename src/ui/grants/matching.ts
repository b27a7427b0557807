import type { ProcessGrants } from '../../shared/abi/index.ts';

/** The processes whose name or identity has the words, whole; of the others those grants that have them. */
export function matching(processes: readonly ProcessGrants[], filter: string): ProcessGrants[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return [...processes];
  const has = (text: string | undefined): boolean => text?.toLowerCase().includes(wanted) === true;
  return processes.flatMap((process) => {
    if (has(process.program) || has(process.id) || String(process.pid) === wanted) return [process];
    const grants = process.grants.filter(({ summary }) => has(summary));
    return grants.length > 0 ? [{ ...process, grants }] : [];
  });
}
