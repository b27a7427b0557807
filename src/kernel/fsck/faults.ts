import type { FsckFault, FsckKind } from '../../shared/abi/index.ts';

const FAULTS_MAX = 1000;

/** What was found; the first thousand in words. */
export class Faults {
  readonly list: FsckFault[] = [];
  more = 0;
  /** Those of the present that nothing was done about. */
  #open = 0;

  get clean(): boolean {
    return this.#open === 0;
  }

  /** Returns what is to be called when it has been repaired. */
  add(kind: FsckKind, path: string, detail: string): (repair: string) => void {
    const fault: FsckFault = { kind, path, detail };
    if (this.list.length < FAULTS_MAX) this.list.push(fault);
    else this.more += 1;
    if (kind === 'past') return (repair) => void (fault.repair = repair);
    this.#open += 1;
    let repaired = false;
    return (repair) => {
      if (!repaired) this.#open -= 1;
      repaired = true;
      fault.repair = repair;
    };
  }
}
