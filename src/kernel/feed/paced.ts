/** `action` soon after the first of many calls, then at most once each `interval` milliseconds, and for a twentieth of the time. */
export function paced(interval: number, action: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = interval;
  const act = async (): Promise<void> => {
    const start = performance.now();
    timer = undefined;
    await action();
    pause = Math.max(interval, (performance.now() - start) * 20);
  };
  return () => {
    timer ??= setTimeout(() => void act(), pause);
  };
}
