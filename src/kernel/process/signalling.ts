import type { Groups } from './groups.ts';
import type { ProcessRecord } from './process-record.ts';
import { bitOf, defaultAction, type Signal } from './signals.ts';

export interface SignallingOptions {
  groups: Groups;
  /** The signal ends it. */
  end(record: ProcessRecord, signal: Signal): void;
  /** It was stopped or goes on: its parent may want to know. */
  changed(record: ProcessRecord): void;
  /** It catches the signal: what it waits for in the kernel ends. */
  interrupt(record: ProcessRecord, signal: Signal): void;
}

/**
 * What a signal does (SPEC.md, SG1 …): caught, ignored, or the default action. Programs that cannot catch have the default;
 * one that is asleep in a call is stopped or ended at once, one that computes is ended at once and stopped at its next call.
 */
export class Signalling {
  readonly #options: SignallingOptions;

  constructor(options: SignallingOptions) {
    this.#options = options;
  }

  /** To one that has ended, or is about to, it does nothing. */
  deliver(record: ProcessRecord, signal: Signal): void {
    if (record.last || record.killed) return;
    if (signal === 'KILL') return this.#options.end(record, signal);
    if (signal === 'STOP') return this.#stop(record, signal);
    if (signal === 'CONT') this.#continue(record);
    const bit = bitOf(signal);
    if (record.ignored & bit) return;
    if (record.caught & bit) return this.#caught(record, signal, bit);
    const action = defaultAction(signal);
    if (action === 'end') this.#options.end(record, signal);
    // Nobody could let an orphaned group go on (POSIX.1-2017, XSH 2.4.3).
    else if (action === 'stop' && !this.#options.groups.isOrphaned(record.group)) this.#stop(record, signal);
  }

  /** How many it went to. */
  toGroup(group: number, signal: Signal): number {
    const members = this.#options.groups.members(group);
    for (const record of members) this.deliver(record, signal);
    return members.length;
  }

  #caught(record: ProcessRecord, signal: Signal, bit: number): void {
    record.handle.raise(bit);
    this.#options.interrupt(record, signal);
  }

  #stop(record: ProcessRecord, signal: Signal): void {
    if (record.stopped) return;
    record.stopped = signal;
    record.report = { state: 'stopped', signal };
    record.threads.setStopped(true);
    this.#options.changed(record);
  }

  #continue(record: ProcessRecord): void {
    if (!record.stopped) return;
    record.stopped = null;
    record.report = { state: 'continued', signal: 'CONT' };
    record.threads.setStopped(false);
    this.#options.changed(record);
  }
}
