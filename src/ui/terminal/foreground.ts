import type { Terminal } from '../stores/index.ts';

interface Process {
  pid: number;
  tty: number | null;
  name: string;
  exit?: unknown;
}

/** The youngest living process of a terminal that is not its shell. */
export function foregroundOf<P extends Process>(list: readonly P[], terminal: Pick<Terminal, 'tty' | 'pid'>): P | undefined {
  return list.findLast((process) => process.tty !== null && process.tty === terminal.tty && process.pid !== terminal.pid && !process.exit);
}
