/** Device numbers of the file services. */
export const DEVICES = { tree: 1, tmp: 2, dev: 3, proc: 4, tcp: 5, history: 6, branch: 7, bus: 8, logs: 9 } as const;
