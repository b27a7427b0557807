export { hostAbi, HOST_MODULE, type HostAbi } from './host-abi.ts';
export { TOKEN_SIZE } from './tokens.ts';
export { Decisions } from './decisions.ts';
export { LiveGrants } from './live-grants.ts';
