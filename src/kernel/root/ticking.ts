/** Milliseconds between ticks of the coarse clock while something runs, and while nothing does. */
const TICK = 4;
const REST = 250;

/** Calls `tick` often while it returns true, seldom otherwise. */
export function startTicking(tick: () => boolean): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    timer = setTimeout(next, tick() ? TICK : REST);
  };
  next();
  return () => clearTimeout(timer);
}
