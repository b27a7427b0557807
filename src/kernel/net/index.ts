export { isLoopback, LOOPBACK, parseListen, parsePort } from './address.ts';
export { Ports } from './ports.ts';
