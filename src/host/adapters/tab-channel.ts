import { whenUnowned } from './workspace-lock.ts';

/** How the tabs of a workspace tell each other that something was committed, and learn that its owner is gone. Messages are empty: hints. */
export class TabChannel {
  readonly #lock: string;
  readonly #channel: BroadcastChannel;

  /** @param lock of the workspace */
  constructor(lock: string) {
    this.#lock = lock;
    this.#channel = new BroadcastChannel(`${lock}:commits`);
  }

  announce(): void {
    this.#channel.postMessage(null);
  }

  onAnnounced(listener: () => void): void {
    this.#channel.onmessage = () => listener();
  }

  ownerGone(signal: AbortSignal): Promise<void> {
    return whenUnowned(this.#lock, signal);
  }
}
