//! Module `astrid`, and what of preview 1 handles need.
use crate::{Error, Result, Subscribe};

type Text = *const u8;

#[link(wasm_import_module = "astrid")]
extern "C" {
    fn astrid_publish(subject: Text, len: usize, payload: Text, payload_len: usize, options: *const PublishOptions) -> i32;
    fn astrid_subscribe(pattern: Text, len: usize, options: *const SubscribeOptions, handle: *mut i32) -> i32;
    fn astrid_request(subject: Text, len: usize, payload: Text, payload_len: usize, deadline: i64, handle: *mut i32) -> i32;
    fn astrid_reply(message: Text, payload: Text, payload_len: usize) -> i32;
    fn astrid_kv_get(ns: Text, ns_len: usize, key: Text, key_len: usize, room: *mut u8, len: usize, size: *mut usize) -> i32;
    fn astrid_kv_set(ns: Text, ns_len: usize, key: Text, key_len: usize, value: Text, len: usize, flags: i32) -> i32;
    fn astrid_kv_delete(ns: Text, ns_len: usize, key: Text, key_len: usize, flags: i32) -> i32;
    fn astrid_kv_has(ns: Text, ns_len: usize, key: Text, key_len: usize, found: *mut u32) -> i32;
    fn astrid_kv_scan(ns: Text, ns_len: usize, prefix: Text, len: usize, after: Text, after_len: usize, room: *mut u8, room_len: usize, used: *mut usize) -> i32;
    fn astrid_kv_batch(ns: Text, ns_len: usize, records: Text, len: usize, flags: i32) -> i32;
    fn astrid_vfs_open_dir(dir: i32, path: Text, len: usize, rights: u32, handle: *mut i32) -> i32;
    fn astrid_vfs_open(dir: i32, path: Text, len: usize, flags: u32, handle: *mut i32) -> i32;
    fn astrid_vfs_read(handle: i32, room: *mut u8, len: usize, offset: i64, size: *mut usize) -> i32;
    fn astrid_vfs_write(handle: i32, bytes: Text, len: usize, offset: i64, size: *mut usize) -> i32;
    fn astrid_vfs_stat(dir: i32, path: Text, len: usize, stat: *mut u8) -> i32;
    fn astrid_vfs_list(dir: i32, cookie: u64, room: *mut u8, len: usize, used: *mut usize) -> i32;
    fn astrid_token_create(handle: i32, holder: u32, rights: u32, lifetime: i64, token: *mut u8) -> i32;
    fn astrid_token_redeem(token: Text, handle: *mut i32) -> i32;
    fn astrid_token_revoke(token: Text) -> i32;
    fn astrid_cap_request(action: Text, len: usize, deadline: i64, token: *mut u8) -> i32;
    fn astrid_http_request(request: Text, len: usize, handle: *mut i32) -> i32;
    fn astrid_log(level: i32, fields: Text, len: usize) -> i32;
    fn astrid_spawn(path: Text, len: usize, args: Text, args_len: usize, grants: Text, grants_len: usize, pid: *mut u32) -> i32;
    fn astrid_wait(pid: u32, status: *mut i32) -> i32;
    fn astrid_pid() -> u32;
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    #[link_name = "fd_read"]
    fn p1_fd_read(fd: i32, parts: *const Part, count: usize, got: *mut usize) -> i32;
    #[link_name = "fd_close"]
    fn p1_fd_close(fd: i32) -> i32;
    #[link_name = "fd_filestat_get"]
    fn p1_fd_filestat_get(fd: i32, stat: *mut u8) -> i32;
    #[link_name = "fd_prestat_get"]
    fn p1_fd_prestat_get(fd: i32, prestat: *mut u32) -> i32;
    #[link_name = "fd_prestat_dir_name"]
    fn p1_fd_prestat_dir_name(fd: i32, name: *mut u8, len: usize) -> i32;
    #[link_name = "poll_oneoff"]
    fn p1_poll_oneoff(wanted: *const Wanted, events: *mut Event, count: usize, got: *mut usize) -> i32;
}

#[repr(C)]
struct PublishOptions { flags: u32, kind: Text, kind_len: usize, zero: u32 }
#[repr(C)]
struct SubscribeOptions { flags: u32, policy: u32, capacity: u32, group: Text, group_len: usize, zero: u32 }
#[repr(C)]
struct Part { at: *mut u8, len: usize }
/// `number` is the clock or the descriptor.
#[repr(C)]
struct Wanted { user: u64, tag: u64, number: u32, timeout: u64, precision: u64, flags: u64 }
#[repr(C)]
#[derive(Clone, Copy)]
struct Event { user: u64, error: u16, kind: u8, nbytes: u64, flags: u16 }

fn stored<T: Default>(call: impl FnOnce(*mut T) -> i32) -> Result<T> {
    let mut value = T::default();
    Error::check(call(&mut value)).map(|()| value)
}

pub(crate) fn publish(subject: &str, payload: &[u8], kind: &str, retain: bool) -> Result<()> {
    let options = PublishOptions { flags: retain as u32, kind: kind.as_ptr(), kind_len: kind.len(), zero: 0 };
    Error::check(unsafe { astrid_publish(subject.as_ptr(), subject.len(), payload.as_ptr(), payload.len(), &options) })
}

pub(crate) fn subscribe(one: &Subscribe<'_>) -> Result<i32> {
    let options = SubscribeOptions {
        flags: one.last_values as u32, policy: one.policy as u32, capacity: one.capacity, group: one.group.as_ptr(), group_len: one.group.len(), zero: 0,
    };
    stored(|handle| unsafe { astrid_subscribe(one.pattern.as_ptr(), one.pattern.len(), &options, handle) })
}

pub(crate) fn request(subject: &str, payload: &[u8], deadline: i64) -> Result<i32> {
    stored(|handle| unsafe { astrid_request(subject.as_ptr(), subject.len(), payload.as_ptr(), payload.len(), deadline, handle) })
}

pub(crate) fn reply(frame: &[u8], payload: &[u8]) -> Result<()> {
    Error::check(unsafe { astrid_reply(frame.as_ptr(), payload.as_ptr(), payload.len()) })
}

pub(crate) fn read(handle: i32, room: &mut [u8]) -> Result<usize> {
    let part = Part { at: room.as_mut_ptr(), len: room.len() };
    stored(|got| unsafe { p1_fd_read(handle, &part, 1, got) })
}

pub(crate) fn close(handle: i32) -> Result<()> {
    Error::check(unsafe { p1_fd_close(handle) })
}

pub(crate) fn size(handle: i32) -> Result<usize> {
    let mut stat = [0; 64];
    Error::check(unsafe { p1_fd_filestat_get(handle, stat.as_mut_ptr()) })?;
    Ok(u64::from_le_bytes(stat[32..40].try_into().unwrap()) as usize)
}

/// Whether it can be read within the time.
pub(crate) fn wait(handle: i32, timeout: i64) -> Result<bool> {
    const MONOTONIC: u32 = 1;
    const FD_READ: u64 = 1;
    let wanted = [
        Wanted { user: 1, tag: FD_READ, number: handle as u32, timeout: 0, precision: 0, flags: 0 },
        Wanted { user: 0, tag: 0, number: MONOTONIC, timeout: timeout as u64, precision: 0, flags: 0 },
    ];
    let mut events = [Event { user: 0, error: 0, kind: 0, nbytes: 0, flags: 0 }; 2];
    let count = stored(|got| unsafe { p1_poll_oneoff(wanted.as_ptr(), events.as_mut_ptr(), 2, got) })?;
    match events[..count].iter().find(|event| event.user == 1) {
        Some(event) => Error::check(event.error.into()).map(|()| true),
        None => Ok(false),
    }
}

pub(crate) fn kv_get(ns: &str, key: &str, room: &mut [u8], size: &mut usize) -> Result<()> {
    Error::check(unsafe { astrid_kv_get(ns.as_ptr(), ns.len(), key.as_ptr(), key.len(), room.as_mut_ptr(), room.len(), size) })
}

pub(crate) fn kv_set(ns: &str, key: &str, value: &[u8], relaxed: bool) -> Result<()> {
    Error::check(unsafe { astrid_kv_set(ns.as_ptr(), ns.len(), key.as_ptr(), key.len(), value.as_ptr(), value.len(), relaxed as i32) })
}

pub(crate) fn kv_delete(ns: &str, key: &str, relaxed: bool) -> Result<()> {
    Error::check(unsafe { astrid_kv_delete(ns.as_ptr(), ns.len(), key.as_ptr(), key.len(), relaxed as i32) })
}

pub(crate) fn kv_has(ns: &str, key: &str) -> Result<bool> {
    stored(|found| unsafe { astrid_kv_has(ns.as_ptr(), ns.len(), key.as_ptr(), key.len(), found) }).map(|found| found != 0)
}

pub(crate) fn kv_scan(ns: &str, prefix: &str, after: &str, room: &mut [u8], used: &mut usize) -> Result<()> {
    Error::check(unsafe {
        astrid_kv_scan(ns.as_ptr(), ns.len(), prefix.as_ptr(), prefix.len(), after.as_ptr(), after.len(), room.as_mut_ptr(), room.len(), used)
    })
}

pub(crate) fn kv_batch(ns: &str, records: &[u8], relaxed: bool) -> Result<()> {
    Error::check(unsafe { astrid_kv_batch(ns.as_ptr(), ns.len(), records.as_ptr(), records.len(), relaxed as i32) })
}

/// Its name. `EBADF`: no preopened directory.
pub(crate) fn preopen(handle: i32) -> Result<String> {
    let mut prestat = [0; 2];
    Error::check(unsafe { p1_fd_prestat_get(handle, prestat.as_mut_ptr()) })?;
    let mut name = vec![0; prestat[1] as usize];
    Error::check(unsafe { p1_fd_prestat_dir_name(handle, name.as_mut_ptr(), name.len()) })?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

pub(crate) fn vfs_open_dir(dir: i32, path: &str, rights: u32) -> Result<i32> {
    stored(|handle| unsafe { astrid_vfs_open_dir(dir, path.as_ptr(), path.len(), rights, handle) })
}

pub(crate) fn vfs_open(dir: i32, path: &str, flags: u32) -> Result<i32> {
    stored(|handle| unsafe { astrid_vfs_open(dir, path.as_ptr(), path.len(), flags, handle) })
}

pub(crate) fn vfs_read(handle: i32, room: &mut [u8], offset: i64) -> Result<usize> {
    stored(|size| unsafe { astrid_vfs_read(handle, room.as_mut_ptr(), room.len(), offset, size) })
}

pub(crate) fn vfs_write(handle: i32, bytes: &[u8], offset: i64) -> Result<usize> {
    stored(|size| unsafe { astrid_vfs_write(handle, bytes.as_ptr(), bytes.len(), offset, size) })
}

pub(crate) fn vfs_stat(dir: i32, path: &str, stat: &mut [u8; 64]) -> Result<()> {
    Error::check(unsafe { astrid_vfs_stat(dir, path.as_ptr(), path.len(), stat.as_mut_ptr()) })
}

pub(crate) fn vfs_list(dir: i32, cookie: u64, room: &mut [u8]) -> Result<usize> {
    stored(|used| unsafe { astrid_vfs_list(dir, cookie, room.as_mut_ptr(), room.len(), used) })
}

pub(crate) fn token_create(handle: i32, holder: u32, rights: u32, lifetime: i64) -> Result<[u8; 96]> {
    let mut token = [0; 96];
    Error::check(unsafe { astrid_token_create(handle, holder, rights, lifetime, token.as_mut_ptr()) }).map(|()| token)
}

pub(crate) fn token_redeem(token: &[u8; 96]) -> Result<i32> {
    stored(|handle| unsafe { astrid_token_redeem(token.as_ptr(), handle) })
}

pub(crate) fn token_revoke(token: &[u8; 96]) -> Result<()> {
    Error::check(unsafe { astrid_token_revoke(token.as_ptr()) })
}

pub(crate) fn cap_request(action: &str, deadline: i64) -> Result<[u8; 96]> {
    let mut token = [0; 96];
    Error::check(unsafe { astrid_cap_request(action.as_ptr(), action.len(), deadline, token.as_mut_ptr()) }).map(|()| token)
}

pub(crate) fn http_request(request: &[u8]) -> Result<i32> {
    stored(|handle| unsafe { astrid_http_request(request.as_ptr(), request.len(), handle) })
}

pub(crate) fn log(level: i32, fields: &str) -> Result<()> {
    Error::check(unsafe { astrid_log(level, fields.as_ptr(), fields.len()) })
}

pub(crate) fn spawn(path: &str, args: &str, grants: &str) -> Result<u32> {
    stored(|pid| unsafe { astrid_spawn(path.as_ptr(), path.len(), args.as_ptr(), args.len(), grants.as_ptr(), grants.len(), pid) })
}

pub(crate) fn wait_child(pid: u32) -> Result<i32> {
    stored(|status| unsafe { astrid_wait(pid, status) })
}

pub(crate) fn pid() -> u32 {
    unsafe { astrid_pid() }
}
