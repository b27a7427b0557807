import type { GuestContext } from './context.ts';

/** `args_*` and `environ_*`: a copy of a prepared block and its pointers. */
export function argumentCalls(context: GuestContext) {
  const { args, env } = context;
  return {
    args_sizes_get: (count: number, size: number): number => args.writeSizes(context.memory, count >>> 0, size >>> 0),
    args_get: (argv: number, buffer: number): number => args.write(context.memory, argv >>> 0, buffer >>> 0),
    environ_sizes_get: (count: number, size: number): number => env.writeSizes(context.memory, count >>> 0, size >>> 0),
    environ_get: (environ: number, buffer: number): number => env.write(context.memory, environ >>> 0, buffer >>> 0),
  };
}
