import { emptyBatch, type LayerRows, type StoreBatch } from '../contract/index.ts';
import type { BatchFolder, CommittedChange, CutBatch, Overlay, PreparedBatch } from '../storage/index.ts';
import type { Line } from './line.ts';

export interface LinesFolderOptions {
  /** The workspace's. */
  overlay: Overlay;
  /** The line whose volume has this device. */
  line(dev: number): Line | undefined;
  /** Told of a line's changes once they are committed. */
  onCommitted(changes: readonly CommittedChange[]): void;
  onFault(message: string): void;
}

interface Part {
  line: Line;
  prepared: PreparedBatch;
}

/**
 * Folds what the workspace and the lines beside it changed into one batch: one transaction, so that what a program was told to be
 * durable is, wherever it was written, and what a line took over from the workspace is never stored before it.
 */
export class LinesFolder implements BatchFolder {
  readonly #options: LinesFolderOptions;
  readonly #parts = new Map<StoreBatch, Part[]>();

  constructor(options: LinesFolderOptions) {
    this.#options = options;
  }

  async apply(cut: CutBatch): Promise<PreparedBatch | null> {
    const { overlay } = this.#options;
    const own = await overlay.apply(cut);
    const parts: Part[] = [];
    for (const [dev, part] of cut.others ?? []) {
      const line = this.#options.line(dev);
      if (!line) continue;
      try {
        const prepared = await line.apply(part, cut.position);
        if (prepared) parts.push({ line, prepared });
      } catch (error) {
        // The workspace's own part is folded by now, and must not be once more.
        this.#options.onFault(`changes of ${line.record.name} could not be folded and are lost: ${String(error)}`);
      }
    }
    if (parts.length === 0) return own;
    const batch = own?.batch ?? emptyBatch({ durability: 'relaxed' });
    for (const { line, prepared } of parts) addRows(batch, line.record.id, prepared.batch);
    this.#parts.set(batch, parts);
    return { batch, committed: own?.committed ?? [], position: cut.position };
  }

  emptyBatch(): StoreBatch {
    return this.#options.overlay.emptyBatch();
  }

  settle(batch: StoreBatch): void {
    this.#options.overlay.settle(batch);
    const parts = this.#parts.get(batch) ?? [];
    this.#parts.delete(batch);
    for (const { line, prepared } of parts) {
      line.settle(prepared.batch);
      this.#options.onCommitted(prepared.committed);
    }
  }
}

function addRows(batch: StoreBatch, layer: number, { entries, removed, nodes, droppedNodes, packs, nextIno, nextPack }: StoreBatch): void {
  const rows: LayerRows = { layer, entries, removed, nodes, droppedNodes };
  batch.rows = [...(batch.rows ?? []), rows];
  batch.packs.push(...packs);
  batch.nextIno = Math.max(batch.nextIno, nextIno);
  batch.nextPack = Math.max(batch.nextPack, nextPack);
}
