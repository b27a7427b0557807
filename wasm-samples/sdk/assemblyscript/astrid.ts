/**
 * Messages, key-value pairs, files by handle, capabilities, HTTP and processes for programs in the sandbox: module `astrid`, specified in
 * ABI.md. For unit tests, mock.mjs is the host in memory, for node.
 *
 * AssemblyScript has no exceptions to catch: what gives an object gives null when it fails, what gives a count -1, and `lastErrno` says why;
 * what only does something returns 0 or the errno. Every call that leaves the sandbox may wait for the user, and be refused: ENOTCAPABLE,
 * EACCES, ETIMEDOUT, EDQUOT.
 */
export { Errno, errnoName } from "./errno";
export { lastErrno } from "./host";
export { Content, JsonObject, member, Payload, quote } from "./payload";
export { FOREVER, Message, Pending, Policy, publish, request, Subscription } from "./message";
export { Batch, Entry, Scan, Store } from "./kv";
export { Dir, File, Flags, Kind, Name, requestCapability, Rights, Stat, Token } from "./vfs";
export { Response } from "./http";
export { Child, Level, log, pid } from "./process";
