import type { BusCalls, BusMessage, BusPublishOptions, BusRequestOptions, BusSubscribeOptions } from '../../shared/abi/index.ts';
import type { Disposable } from '../../shared/base/index.ts';

export type BusHandler = (message: BusMessage) => void;

/** Subscriptions of this window. Handlers run in the order of publication; one that throws does not stop the others. */
export class BusClient implements Disposable {
  readonly #api: BusCalls;
  readonly #open = new Set<() => void>();

  constructor(api: BusCalls) {
    this.#api = api;
  }

  publish(subject: string, data: unknown, options?: BusPublishOptions): Promise<void> {
    return this.#api.publish(subject, data, options);
  }

  request(subject: string, data: unknown, options?: BusRequestOptions): Promise<BusMessage> {
    return this.#api.request(subject, data, options);
  }

  reply(request: number, data: unknown, options?: Pick<BusRequestOptions, 'type' | 'codec'>): Promise<void> {
    return this.#api.reply(request, data, options);
  }

  /**
   * @param pattern tokens separated by `.`; `*` stands for one token, `>` at the end for the rest
   * @param failed called if the kernel refuses the pattern; default: the failure is reported as an uncaught error
   * @returns ends the subscription; may be called at once and more than once
   */
  subscribe(pattern: string, handler: BusHandler, failed: (error: unknown) => void = (error) => reportError(error), options?: BusSubscribeOptions): () => void {
    let ended = false;
    let release: () => void = () => undefined;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.#open.delete(end);
      release();
    };
    this.#open.add(end);
    this.#api.subscribe(pattern, options).then(({ id, port }) => {
      release = () => {
        port.close();
        this.#api.unsubscribe(id).catch(() => undefined);
      };
      if (ended) release();
      else port.onmessage = (event: MessageEvent<BusMessage[]>) => deliver(port, event.data, handler, () => ended);
    }, failed);
    return end;
  }

  dispose(): void {
    for (const end of [...this.#open]) end();
  }
}

function deliver(port: MessagePort, batch: BusMessage[], handler: BusHandler, ended: () => boolean): void {
  for (const message of batch) {
    if (ended()) return;
    try {
      handler(message);
    } catch (error) {
      reportError(error);
    }
  }
  port.postMessage(batch.length);
}
