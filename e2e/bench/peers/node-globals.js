// memfs asks for the globals of Node.
import { Buffer } from 'buffer';

globalThis.Buffer = Buffer;
globalThis.global = globalThis;
globalThis.setImmediate ??= (call, ...args) => setTimeout(call, 0, ...args);
globalThis.process ??= {
  env: {},
  platform: 'linux',
  cwd: () => '/',
  emitWarning: () => {},
  nextTick: (call, ...args) => queueMicrotask(() => call(...args)),
};
