import type { JournalRecord } from '../contract/index.ts';

/** What journal records of another session say of where to look again. */
export class Touched {
  /** Directories in which names changed, and those that hold a node that did. */
  readonly directories = new Set<number>();
  /** Directories to which a node that is known was moved or linked. */
  readonly receivers = new Set<number>();
  records: JournalRecord[] = [];

  /** `parentsOf`: directories in which a node is known to be. */
  add(records: readonly JournalRecord[], parentsOf: (ino: number) => readonly number[]): void {
    for (const record of records) {
      const { op, parent, parent2, before, after, replaced } = record;
      for (const directory of [parent, parent2]) if (directory) this.#directory(directory, parentsOf);
      const node = after ?? before;
      if (node) {
        for (const directory of parentsOf(node.ino)) this.#directory(directory, parentsOf);
        if (parentsOf(node.ino).length > 0 && (op === 'rename' || op === 'link')) this.receivers.add(op === 'rename' ? (parent2 ?? parent) : parent);
      }
      if (replaced) for (const directory of parentsOf(replaced.ino)) this.#directory(directory, parentsOf);
    }
    this.records.push(...records);
  }

  clear(): void {
    this.directories.clear();
    this.receivers.clear();
    this.records = [];
  }

  /** The directory's own times are in the one above. */
  #directory(ino: number, parentsOf: (ino: number) => readonly number[]): void {
    this.directories.add(ino);
    for (const above of parentsOf(ino)) this.directories.add(above);
  }
}
