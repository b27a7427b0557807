import type { Notice } from '../../shared/abi/index.ts';
import type { Disposable } from '../../shared/base/index.ts';
import type { Fsck } from './fsck.ts';

export interface WatchOptions {
  fsck: Pick<Fsck, 'afterUncleanEnd' | 'cancel'>;
  /** The last session closed the store, or there was none. */
  clean: boolean;
  raise(notice: Notice): void;
  onFault(error: unknown): void;
  /** Milliseconds until the check begins: what the user does first goes first. Default 4000. */
  delay?: number;
}

/** Rule FS13: checks the store in the background if the last session did not end well, and speaks only of what is wrong. */
export function checkAfterUncleanEnd({ fsck, clean, raise, onFault, delay = 4000 }: WatchOptions): Disposable {
  if (clean) return { dispose: () => undefined };
  const check = async (): Promise<void> => {
    const report = await fsck.afterUncleanEnd();
    if (!report || report.cancelled || report.clean) return;
    const first = report.faults[0];
    const count = report.faults.length + report.more;
    raise({
      id: 'fsck', level: 'warning', title: count === 1 ? 'Something in the stored workspace is damaged' : `${count} things in the stored workspace are damaged`,
      detail: `${first?.path}: ${first?.detail}. Repairing puts what can be saved into /lost+found and says what it did.`, action: 'repair',
    });
  };
  const timer = setTimeout(() => void check().catch(onFault), delay);
  return {
    dispose: () => {
      clearTimeout(timer);
      fsck.cancel();
    },
  };
}
