/* The functions of module `astrid` as a module imports them, without a library between (../sdk/ABI.md), and some that no host has. */
#ifndef PROBE_ASTRID_H
#define PROBE_ASTRID_H

#include <stdint.h>

#define IMPORT(from, name) __attribute__((import_module(from), import_name(name))) extern
#define ASTRID(name) IMPORT("astrid", #name) int32_t name

typedef uint32_t u32;
typedef int64_t i64;
typedef const void *in;
typedef void *out;

ASTRID(astrid_publish)(in subject, u32 subject_len, in payload, u32 payload_len, in options);
ASTRID(astrid_subscribe)(in pattern, u32 pattern_len, in options, out handle);
ASTRID(astrid_request)(in subject, u32 subject_len, in payload, u32 payload_len, i64 deadline, out handle);
ASTRID(astrid_reply)(in message, in payload, u32 payload_len);

ASTRID(astrid_kv_get)(in ns, u32 ns_len, in key, u32 key_len, out buf, u32 buf_len, out size);
ASTRID(astrid_kv_set)(in ns, u32 ns_len, in key, u32 key_len, in value, u32 value_len, u32 flags);
ASTRID(astrid_kv_delete)(in ns, u32 ns_len, in key, u32 key_len, u32 flags);
ASTRID(astrid_kv_has)(in ns, u32 ns_len, in key, u32 key_len, out found);
ASTRID(astrid_kv_scan)(in ns, u32 ns_len, in prefix, u32 prefix_len, in after, u32 after_len, out buf, u32 buf_len, out used);
ASTRID(astrid_kv_batch)(in ns, u32 ns_len, in records, u32 records_len, u32 flags);

ASTRID(astrid_vfs_open_dir)(u32 dir, in path, u32 path_len, u32 rights, out handle);
ASTRID(astrid_vfs_open)(u32 dir, in path, u32 path_len, u32 flags, out handle);
ASTRID(astrid_vfs_read)(u32 handle, out buf, u32 len, i64 offset, out size);
ASTRID(astrid_vfs_write)(u32 handle, in buf, u32 len, i64 offset, out size);
ASTRID(astrid_vfs_stat)(u32 dir, in path, u32 path_len, out stat);
ASTRID(astrid_vfs_list)(u32 dir, i64 cookie, out buf, u32 len, out used);
ASTRID(astrid_vfs_close)(u32 handle);

ASTRID(astrid_token_create)(u32 handle, u32 holder, u32 rights, i64 lifetime, out token);
ASTRID(astrid_token_redeem)(in token, out handle);
ASTRID(astrid_token_revoke)(in token);
ASTRID(astrid_cap_request)(in action, u32 action_len, i64 deadline, out token);

ASTRID(astrid_http_request)(in request, u32 request_len, out handle);
ASTRID(astrid_log)(u32 level, in fields, u32 fields_len);
ASTRID(astrid_spawn)(in package, u32 package_len, in args, u32 args_len, in grants, u32 grants_len, out pid);
ASTRID(astrid_wait)(u32 pid, out status);
ASTRID(astrid_pid)(void);

/* Not in any version of it, and of a module that nobody provides. */
ASTRID(astrid_teleport)(in where, u32 where_len);
IMPORT("astrid", "astrid_age") i64 astrid_age(void);
IMPORT("nowhere", "ratio") double nowhere_ratio(u32 of);
IMPORT("nowhere", "call") int32_t nowhere_call(void);

#endif
