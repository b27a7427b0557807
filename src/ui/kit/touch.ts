const query = globalThis.matchMedia?.('(pointer: coarse)');

/** Whether fingers are what points at the page, mostly. */
export const isTouch = (): boolean => query?.matches ?? false;
