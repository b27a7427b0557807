// The host's functions themselves (ABI.md), and what of preview 1 handles need; how texts and bytes are given to them.

// @ts-ignore: decorator
@external("astrid", "astrid_publish") export declare function publish(subject: usize, length: i32, payload: usize, size: i32, options: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_subscribe") export declare function subscribe(pattern: usize, length: i32, options: usize, handle: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_request") export declare function request(subject: usize, length: i32, payload: usize, size: i32, deadline: i64, handle: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_reply") export declare function reply(message: usize, payload: usize, size: i32): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_kv_get") export declare function kv_get(ns: usize, nsLength: i32, key: usize, length: i32, room: usize, size: i32, out: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_kv_set") export declare function kv_set(ns: usize, nsLength: i32, key: usize, length: i32, value: usize, size: i32, flags: i32): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_kv_delete") export declare function kv_delete(ns: usize, nsLength: i32, key: usize, length: i32, flags: i32): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_kv_has") export declare function kv_has(ns: usize, nsLength: i32, key: usize, length: i32, found: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_kv_scan") export declare function kv_scan(ns: usize, nsLength: i32, prefix: usize, length: i32, after: usize, afterLength: i32, room: usize, size: i32, used: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_kv_batch") export declare function kv_batch(ns: usize, nsLength: i32, records: usize, size: i32, flags: i32): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_vfs_open_dir") export declare function vfs_open_dir(dir: i32, path: usize, length: i32, rights: i32, handle: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_vfs_open") export declare function vfs_open(dir: i32, path: usize, length: i32, flags: i32, handle: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_vfs_read") export declare function vfs_read(handle: i32, room: usize, size: i32, offset: i64, count: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_vfs_write") export declare function vfs_write(handle: i32, bytes: usize, size: i32, offset: i64, count: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_vfs_stat") export declare function vfs_stat(dir: i32, path: usize, length: i32, stat: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_vfs_list") export declare function vfs_list(dir: i32, cookie: i64, room: usize, size: i32, used: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_token_create") export declare function token_create(handle: i32, holder: u32, rights: i32, lifetime: i64, token: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_token_redeem") export declare function token_redeem(token: usize, handle: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_token_revoke") export declare function token_revoke(token: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_cap_request") export declare function cap_request(action: usize, length: i32, deadline: i64, token: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_http_request") export declare function http_request(request: usize, size: i32, handle: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_log") export declare function log(level: i32, fields: usize, length: i32): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_spawn") export declare function spawn(path: usize, length: i32, args: usize, size: i32, grants: usize, grantsLength: i32, pid: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_wait") export declare function wait(pid: u32, status: usize): i32;
// @ts-ignore: decorator
@external("astrid", "astrid_pid") export declare function pid(): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read") export declare function fd_read(fd: i32, parts: usize, count: i32, got: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_close") export declare function fd_close(fd: i32): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_filestat_get") export declare function fd_filestat_get(fd: i32, stat: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_prestat_get") export declare function fd_prestat_get(fd: i32, prestat: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_prestat_dir_name") export declare function fd_prestat_dir_name(fd: i32, name: usize, length: i32): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "poll_oneoff") export declare function poll_oneoff(wanted: usize, events: usize, count: i32, got: usize): i32;

/** Where calls put their results, and the structures that they are given. */
export const scratch: usize = memory.data(192, 8);

/** UTF-8, as an object: its address is that of its first byte. */
// @ts-ignore: decorator
@inline export function utf8(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

// @ts-ignore: decorator
@inline export function address(buffer: ArrayBuffer): usize {
  return changetype<usize>(buffer);
}

/** One read of a descriptor: how many bytes; -1 and the errno in `lastErrno`. */
export function readSome(handle: i32, room: ArrayBuffer): i32 {
  store<u32>(scratch, <u32>address(room));
  store<u32>(scratch, <u32>room.byteLength, 4);
  return failed(fd_read(handle, scratch, 1, scratch + 8)) ? -1 : <i32>load<u32>(scratch + 8);
}

let last: i32 = 0;

/** The errno of the last call that did not give what it should; see `Errno` and `errnoName`. */
export function lastErrno(): i32 {
  return last;
}

/** Notes it. */
export function failed(errno: i32): bool {
  if (errno != 0) last = errno;
  return errno != 0;
}
