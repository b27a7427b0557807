import type { Layers, Overlay } from '../storage/index.ts';

/** Milliseconds after which the index of packs is read: the prompt comes first. */
const FILL_DELAY = 1500;

/** What can wait: the hashes of earlier sessions, and what a merge left that was cut off. What fails here fails again, and is told, where it matters. */
export function prepareLater({ chunks }: Pick<Overlay, 'chunks'>, layers: Pick<Layers, 'tidy'>, owner: boolean): void {
  setTimeout(() => void chunks.fill().catch(() => undefined), FILL_DELAY);
  if (owner) void layers.tidy().catch(() => undefined);
}
