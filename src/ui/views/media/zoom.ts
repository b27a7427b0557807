const STEPS = [0.05, 0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;

/** The next round zoom in a direction. */
export function nextZoom(zoom: number, steps: number): number {
  const slack = 0.001;
  const to = steps > 0 ? STEPS.find((each) => each > zoom + slack) : STEPS.findLast((each) => each < zoom - slack);
  return to ?? (steps > 0 ? STEPS.at(-1) ?? zoom : STEPS[0]);
}

interface Size {
  width: number;
  height: number;
}

/** All of it is in sight; small pictures are enlarged only by whole numbers, up to four times. */
export function fitZoom(natural: Size, room: Size): number {
  if (room.width <= 0 || room.height <= 0) return 1;
  const fit = Math.min(room.width / natural.width, room.height / natural.height);
  return fit < 1 ? fit : Math.max(1, Math.min(4, Math.floor(fit)));
}
