import type { KernelApi, TtyToKernel, TtyToWindow } from '../shared/abi/index.ts';

const encoder = new TextEncoder();

/** The window's end of a terminal: types, resizes, and keeps what was printed, escape sequences and all. */
export class MachineTerminal {
  readonly tty: number;
  readonly pid: number;
  /** Everything printed so far. */
  output = '';
  closed = false;
  readonly #api: KernelApi;
  readonly #port: MessagePort;
  readonly #decoder = new TextDecoder();
  readonly #listeners = new Set<() => void>();

  constructor(api: KernelApi, { tty, pid, port }: { tty: number; pid: number; port: MessagePort }) {
    this.#api = api;
    this.tty = tty;
    this.pid = pid;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<TtyToWindow>) => this.#receive(data);
  }

  #receive(message: TtyToWindow): void {
    if (message.type === 'closed') this.closed = true;
    else {
      this.output += this.#decoder.decode(message.data, { stream: true });
      this.#send({ type: 'ack', bytes: message.data.length });
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #send(message: TtyToKernel): void {
    this.#port.postMessage(message);
  }

  type(keys: string): void {
    this.#send({ type: 'input', data: encoder.encode(keys) });
  }

  resize(columns: number, rows: number): void {
    this.#send({ type: 'resize', columns, rows });
  }

  /** Resolves once `pattern` is in what was printed after `from` (a length of `output`); rejects after `timeout` ms with what was printed. */
  async until(pattern: RegExp | string, { from = 0, timeout = 20_000 }: { from?: number; timeout?: number } = {}): Promise<void> {
    const found = (): boolean => (typeof pattern === 'string' ? this.output.slice(from).includes(pattern) : pattern.test(this.output.slice(from)));
    if (found()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`${String(pattern)} was not printed within ${timeout} ms, but: ${JSON.stringify(this.output.slice(from))}`));
      }, timeout);
      const look = (): void => {
        if (!found()) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
    });
  }

  async close(): Promise<void> {
    await this.#api.closeTty(this.tty);
    this.#port.close();
  }
}
