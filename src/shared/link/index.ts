export { connectLink, serveLink, type Link, type Port } from './rpc.ts';
export { ByteReceiver, ByteSender, receiveBytes, sendBytes, STREAM_WINDOW } from './byte-stream.ts';
export { CallServer, SharedMemoryTransport, listenToBell, type CallHandler, type CallReply, type CallResult, type Transport } from './blocking-call.ts';
