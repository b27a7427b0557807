/** Signals by name, with Linux's numbers; the bit of a signal in `Pcb.SIGNAL` is `1 << (number - 1)`. */
export const Signals = {
  HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20,
  TTIN: 21, TTOU: 22, XCPU: 24, XFSZ: 25, WINCH: 28,
} as const;

export type SignalName = keyof typeof Signals;

export function isSignalName(text: string): text is SignalName {
  return Object.hasOwn(Signals, text);
}
