// Stands for the modules of Node that memfs names and the benchmark never reaches (streams, sockets, hashes).
export class Readable {}
export class Writable {}
export class Duplex {}
export class Transform {}
export const fileURLToPath = (url) => new URL(url).pathname;
export const createHash = () => {
  throw new Error('not to be used here');
};
export const URL = globalThis.URL;
export default { Readable, Writable, Duplex, Transform, fileURLToPath, createHash, URL };
