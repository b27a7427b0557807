export { hostAbi, HOST_MODULE, type HostAbi } from './host-abi.ts';
export { TOKEN_SIZE } from './tokens.ts';
