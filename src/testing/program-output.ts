import { receiveBytes, sendBytes } from '../shared/link/index.ts';

/** What a running program prints, as it comes. */
export class ProgramOutput {
  text = '';
  /** Resolves at its end. */
  readonly ended: Promise<void>;
  #onText: () => void = () => {};

  constructor(port: MessagePort) {
    this.ended = this.#collect(port);
  }

  async #collect(port: MessagePort): Promise<void> {
    const decoder = new TextDecoder();
    const reader = receiveBytes(port).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      this.text += decoder.decode(next.value, { stream: true });
      this.#onText();
    }
  }

  /** Resolves once `test` holds for the text; rejects at the end without it. */
  async until(test: (text: string) => boolean): Promise<void> {
    if (test(this.text)) return;
    const seen = new Promise<void>((resolve) => {
      this.#onText = () => void (test(this.text) && resolve());
    });
    await Promise.race([seen, this.ended.then(() => {
      if (!test(this.text)) throw new Error(`ended after ${JSON.stringify(this.text)}`);
    })]);
  }
}

/** Gives a program its input, and the end of it. */
export async function feed(port: MessagePort, text: string): Promise<void> {
  const writer = sendBytes(port).getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}
