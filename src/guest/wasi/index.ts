export type { GuestContext } from './context.ts';
export { PathArgument } from './path-argument.ts';
export { preview1, type Preview1 } from './preview1.ts';
export { unstable } from './unstable.ts';
export { StringBlock } from './string-block.ts';
export { ProcessClock, workerTime, type TimeSource } from './time.ts';
