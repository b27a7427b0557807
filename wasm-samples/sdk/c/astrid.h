/* astrid.h: messages, key-value pairs, files by handle, capabilities, HTTP and processes for programs in C (C11).

   Compile astrid.c with the program for wasm32-wasi; for unit tests on the machine itself link astrid_mock.c too.
   What each call does on the host's side, and how it lays out its bytes, is specified in ABI.md.

   Rules that hold for all of it:
   - A function returns 0, or an errno of preview 1 (`ASTRID_E…`, the numbers are the same natively). Results are stored only on success.
   - Nothing allocates. Whoever needs room is given it, as `room, size`; what is returned points into it.
   - Text is UTF-8. Names (`subject`, `key`, `path`) are ended by NUL; what comes from outside has a length.
   - Handles are descriptors: `read`, `poll` and `close` of the C library work on them too.
   - Times are nanoseconds.
   - Every call that leaves the sandbox may be refused: ASTRID_ENOTCAPABLE (nobody granted it), ASTRID_EACCES (the policy or the
     user said no), ASTRID_ETIMEDOUT (nobody answered), ASTRID_EDQUOT (a budget is used up). It may wait for the user. */
#ifndef ASTRID_H
#define ASTRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  ASTRID_OK = 0, ASTRID_E2BIG = 1, ASTRID_EACCES = 2, ASTRID_EAGAIN = 6, ASTRID_EALREADY = 7, ASTRID_EBADF = 8, ASTRID_EBADMSG = 9, ASTRID_EBUSY = 10,
  ASTRID_ECHILD = 12, ASTRID_ECONNRESET = 15, ASTRID_EDEADLK = 16, ASTRID_EDQUOT = 19, ASTRID_EEXIST = 20, ASTRID_EFAULT = 21,
  ASTRID_EFBIG = 22, ASTRID_EILSEQ = 25, ASTRID_ENAMETOOLONG = 37, ASTRID_EHOSTUNREACH = 23, ASTRID_EINVAL = 28, ASTRID_EIO = 29, ASTRID_EISDIR = 31, ASTRID_EMFILE = 33, ASTRID_EMSGSIZE = 35,
  ASTRID_ENOENT = 44, ASTRID_ENOMEM = 48, ASTRID_ENOSPC = 51, ASTRID_ENOSYS = 52, ASTRID_ENOTDIR = 54, ASTRID_ENOTSUP = 58,
  ASTRID_EPERM = 63, ASTRID_EPIPE = 64, ASTRID_EPROTO = 65, ASTRID_ERANGE = 68, ASTRID_EROFS = 69, ASTRID_ETIMEDOUT = 73,
  ASTRID_ENOTCAPABLE = 76
};

/* "ENOENT" for 44; "errno" for what is not in the list above. Never NULL. */
const char *astrid_errno_name(int error);

/* ---- Payloads ---------------------------------------------------------------------------------------------------------------- */

typedef enum { ASTRID_RAW = 0x55, ASTRID_CBOR = 0x51, ASTRID_JSON = 0x200, ASTRID_MSGPACK = 0x201 } astrid_content;

/* The content type as a prefix, then the body. One that was made in too small a room has no data; sending it is ASTRID_ERANGE. */
typedef struct { const void *data; size_t size; } astrid_payload;

/* Payloads of string literals, made by the compiler: ASTRID_LITERAL_JSON("{\"n\":1}"). */
#define ASTRID_LITERAL_TEXT(text) ((astrid_payload){"\x55" text, sizeof("\x55" text) - 1})
#define ASTRID_LITERAL_JSON(text) ((astrid_payload){"\x80\x04" text, sizeof("\x80\x04" text) - 1})

/* A payload of any content type in `room`, which needs 2 bytes more than `length`. */
astrid_payload astrid_encode(astrid_content content, const void *body, size_t length, void *room, size_t size);

/* The same of a text that ends with NUL, as ASTRID_RAW. */
astrid_payload astrid_text(const char *text, void *room, size_t size);

/* A JSON object written member by member, e.g.
     char room[256]; astrid_json json = astrid_json_begin(room, sizeof room);
     astrid_json_string(&json, "text", line); astrid_publish("user.input", astrid_json_end(&json));
   Strings are escaped; bytes that are no UTF-8 are sent as they are, and refused by the host. */
typedef struct { char *room; size_t size, used; bool failed; } astrid_json;
astrid_json astrid_json_begin(void *room, size_t size);
void astrid_json_string(astrid_json *json, const char *key, const char *value);
void astrid_json_bytes(astrid_json *json, const char *key, const char *value, size_t length);
void astrid_json_integer(astrid_json *json, const char *key, int64_t value);
void astrid_json_bool(astrid_json *json, const char *key, bool value);
/* `value` is JSON text already. */
void astrid_json_value(astrid_json *json, const char *key, const char *value);
astrid_payload astrid_json_end(astrid_json *json);

/* ---- Messages ---------------------------------------------------------------------------------------------------------------- */

/* What was received. All pointers are into the room that it was received into. */
typedef struct {
  const char *subject; size_t subject_length;
  const char *type; size_t type_length; /* Empty for none. */
  astrid_content content;
  const char *body; size_t body_length; /* Without the prefix; not ended by NUL. */
  uint32_t source;                      /* Pid of the sender; 0 the kernel or the page. */
  uint64_t id, time;                    /* The sender's count; nanoseconds since 1970. */
  uint32_t lost;                        /* Messages that the mailbox dropped just before this one. */
  bool retained, request;               /* A value from before the subscription; it can be answered. */
  const void *frame;
} astrid_message;

/* Whether the message has this type, e.g. "UserInput.v1". */
bool astrid_is_type(const astrid_message *message, const char *type);

/* The member `key` of a JSON object in the message, as text ended by NUL in `out`; other values than strings as their JSON text.
   ENOENT: it has none, or the body is no JSON object; ERANGE: `out` is too small; EINVAL: it is no JSON. */
int astrid_get(const astrid_message *message, const char *key, char *out, size_t size);

enum { ASTRID_RETAIN = 1 };

/* Subjects are `a.b.c`, up to 256 bytes, without wildcards (EINVAL). EAGAIN: a mailbox whose policy is ASTRID_REFUSE is full. */
int astrid_publish(const char *subject, astrid_payload payload);
/* The same with a type (NULL: the one that the subject is registered with, if any) and flags: ASTRID_RETAIN keeps it as the
   subject's last value. EINVAL too: the message has not the shape of its registered type. */
int astrid_publish_as(const char *subject, astrid_payload payload, const char *type, uint32_t flags);

typedef enum { ASTRID_DROP_OLDEST = 0, ASTRID_BLOCK = 1, ASTRID_REFUSE = 2 } astrid_policy;
typedef struct {
  bool last_values;     /* First the last values of the subjects that match. */
  astrid_policy policy; /* When the mailbox is full: drop the oldest and count it, let publishers wait, or refuse them. */
  uint32_t capacity;    /* Bytes: 0 for 64 KiB, or a power of two from 4 KiB to 16 MiB. */
  const char *group;    /* NULL, or a queue group: one of its members gets each message. */
} astrid_subscription;

/* A handle that gives the messages of all subjects that match: `*` stands for one part, `>` for the rest. `options` may be NULL. */
int astrid_subscribe(const char *pattern, const astrid_subscription *options, int *handle);

/* Takes the next message. `timeout`: how long to wait for it; ASTRID_FOREVER; 0: EAGAIN at once. ETIMEDOUT: none came.
   EMSGSIZE: `room` is too small, and the message is still there: astrid_next_size. */
#define ASTRID_FOREVER ((int64_t)-1)
int astrid_receive(int handle, void *room, size_t size, int64_t timeout, astrid_message *message);

/* Room that the next message needs; 0 if there is none. */
int astrid_next_size(int handle, size_t *size);

/* Asks, waits up to `deadline` for the one reply, and takes it. EHOSTUNREACH: nobody listens; ETIMEDOUT: nobody answered. */
int astrid_request(const char *subject, astrid_payload payload, int64_t deadline, void *room, size_t size, astrid_message *reply);
/* The same in two steps: the handle gives the one reply to astrid_receive, and is to be closed then. */
int astrid_request_start(const char *subject, astrid_payload payload, int64_t deadline, int *handle);

/* Answers a request. It needs no grant. EINVAL: it was none; ENOENT: it was answered, or nobody waits for it any more. */
int astrid_reply(const astrid_message *message, astrid_payload payload);

/* Closes any handle. */
int astrid_close(int handle);

/* ---- Key-value pairs ----------------------------------------------------------------------------------------------------------
   `ns` NULL or "": the program's own namespace. Keys have 1 to 1024 bytes, values up to 8 MiB. */

enum { ASTRID_KV_RELAXED = 1 }; /* Do not wait until it is on disk. */

/* ERANGE: `size` is too small, and *length is what is needed. ENOENT: no such key. */
int astrid_kv_get(const char *ns, const char *key, void *room, size_t size, size_t *length);
/* EDQUOT, ENOSPC: no room for it. */
int astrid_kv_set(const char *ns, const char *key, const void *value, size_t length, uint32_t flags);
int astrid_kv_delete(const char *ns, const char *key, uint32_t flags);
int astrid_kv_has(const char *ns, const char *key, bool *found);

/* The entries whose keys begin with `prefix`, in order: astrid_kv_next until it is ENOENT. */
typedef struct {
  const char *ns, *prefix;
  uint8_t *room; size_t size, used, at;
  char after[1024]; size_t after_length;
} astrid_kv_scan;
typedef struct { const char *key; size_t key_length; const void *value; size_t value_length; } astrid_kv_entry;
astrid_kv_scan astrid_kv_begin_scan(const char *ns, const char *prefix, void *room, size_t size);
/* An entry lives until the next call. ERANGE: the next entry alone is larger than the room. */
int astrid_kv_next(astrid_kv_scan *scan, astrid_kv_entry *entry);

/* Changes that are made all or not at all: collected in `room`, then committed. */
typedef struct { uint8_t *room; size_t size, used; bool failed; } astrid_kv_batch;
astrid_kv_batch astrid_kv_begin_batch(void *room, size_t size);
void astrid_kv_batch_set(astrid_kv_batch *batch, const char *key, const void *value, size_t length);
void astrid_kv_batch_delete(astrid_kv_batch *batch, const char *key);
/* ERANGE: they did not fit into the room. */
int astrid_kv_commit(const char *ns, astrid_kv_batch *batch, uint32_t flags);

/* ---- Files, relative to directory handles ------------------------------------------------------------------------------------ */

enum { ASTRID_RIGHT_READ = 1, ASTRID_RIGHT_WRITE = 2, ASTRID_RIGHT_CREATE = 4, ASTRID_RIGHT_DELETE = 8 };
enum { ASTRID_OPEN_READ = 1, ASTRID_OPEN_WRITE = 2, ASTRID_OPEN_CREATE = 4, ASTRID_OPEN_NEW = 8, ASTRID_OPEN_TRUNCATE = 16, ASTRID_OPEN_APPEND = 32 };

/* The directory that was given at the start under this name, e.g. "/home". ENOENT: it was not. */
int astrid_vfs_preopen(const char *name, int *handle);
/* A handle with at most these of the rights of `dir`. Paths never lead out of `dir` (EPERM). */
int astrid_vfs_open_dir(int dir, const char *path, uint32_t rights, int *handle);
int astrid_vfs_open(int dir, const char *path, uint32_t flags, int *handle);
/* `offset` -1: where the handle stands. *count 0: the end. */
int astrid_vfs_read(int handle, void *room, size_t size, int64_t offset, size_t *count);
int astrid_vfs_write(int handle, const void *bytes, size_t length, int64_t offset, size_t *count);

typedef enum { ASTRID_DEVICE = 2, ASTRID_DIRECTORY = 3, ASTRID_FILE = 4, ASTRID_SYMLINK = 7 } astrid_kind;
typedef struct { astrid_kind kind; uint64_t inode, links, size, accessed, modified, changed; } astrid_stat;
/* An empty path: the handle itself. */
int astrid_vfs_stat(int dir, const char *path, astrid_stat *stat);

/* The names in a directory ("." and ".." left out): astrid_vfs_next until it is ENOENT. */
typedef struct { int dir; uint8_t *room; size_t size, used, at; uint64_t cookie; bool last; } astrid_vfs_listing;
typedef struct { const char *name; size_t name_length; astrid_kind kind; uint64_t inode; } astrid_vfs_name;
astrid_vfs_listing astrid_vfs_list(int dir, void *room, size_t size);
/* A name lives until the next call. ERANGE: the next name alone is larger than the room (280 bytes are always enough). */
int astrid_vfs_next(astrid_vfs_listing *listing, astrid_vfs_name *name);

/* ---- Capabilities ------------------------------------------------------------------------------------------------------------ */

/* A right as bytes that the kernel signed. It can be sent to its holder, and is of use to nobody else. */
typedef struct { uint8_t bytes[96]; } astrid_token;
/* For a file or directory handle of one's own, with at most its rights, for `lifetime`. */
int astrid_token_create(int handle, uint32_t holder, uint32_t rights, int64_t lifetime, astrid_token *token);
/* EACCES: it is another's; EBADMSG: forged or changed; ETIMEDOUT: its time is over; ENOTCAPABLE: revoked; EALREADY: used before. */
int astrid_token_redeem(const astrid_token *token, int *handle);
/* By who made it. What was opened with it fails from now on. */
int astrid_token_revoke(const astrid_token *token);
/* Asks for a right that one has not. `action` is JSON as grants are: {"kind":"file","path":"/home/a.txt","rights":["read"],"reason":"…"}.
   For files the token is to be redeemed; `token` may be NULL for other kinds. ETIMEDOUT: nobody answered, which is not a no. */
int astrid_cap_request(const char *action, int64_t deadline, astrid_token *token);

/* ---- HTTP -------------------------------------------------------------------------------------------------------------------- */

/* A response as it streams in. The head is in the room that it was opened with; `rest` is what of the body came with it. */
typedef struct { int handle; int status; const char *head; size_t head_length; const char *rest; size_t rest_length; } astrid_http;

/* Sends a request (RFC 9112, absolute target, CR LF, an empty line, the body) and reads the head of the response into `room`.
   EHOSTUNREACH: no connection, or the server does not allow it; EMSGSIZE: the head is larger than the room; EPROTO: it is no HTTP. */
int astrid_http_send(const void *request, size_t length, void *room, size_t size, astrid_http *response);
/* A request without a body. It is written into `room` first. */
int astrid_http_get(const char *url, void *room, size_t size, astrid_http *response);
/* More of the body; waits for it. *count 0: the end. */
int astrid_http_read(astrid_http *response, void *room, size_t size, size_t *count);
/* A field of the head (names regardless of case), without the blanks around it. ENOENT: it has none. */
int astrid_http_field(const astrid_http *response, const char *name, char *out, size_t size);
/* Cancels what is not yet read. */
int astrid_http_close(astrid_http *response);

/* ---- The rest ---------------------------------------------------------------------------------------------------------------- */

typedef enum { ASTRID_TRACE, ASTRID_DEBUG, ASTRID_INFO, ASTRID_WARN, ASTRID_ERROR } astrid_level;
/* A line for whoever reads the logs, up to 16 KiB. */
int astrid_log(astrid_level level, const char *text);
/* The same with fields: an object of astrid_json_end. */
int astrid_log_fields(astrid_level level, astrid_payload fields);

/* Starts a program. `args` (without its name) each end with NUL: "one\0two\0", 8. `grants`: JSON as in `[grants]` of a manifest, at
   most one's own; NULL: none. */
int astrid_spawn(const char *path, const char *args, size_t args_length, const char *grants, uint32_t *pid);
/* Waits for the end of what one started. */
int astrid_wait(uint32_t pid, int32_t *status);
uint32_t astrid_pid(void);

/* ---- The host's functions themselves (ABI.md), and the five of preview 1 that handles need. Natively the mock defines them. ---- */

#ifdef __wasm__
#define ASTRID_HOST(name) __attribute__((import_module("astrid"), import_name("astrid_" #name))) extern
#define ASTRID_P1(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) extern
#else
#define ASTRID_HOST(name) extern
#define ASTRID_P1(name) extern
#endif

struct astrid_publish_options { uint32_t flags; const char *type; uint32_t type_length, zero; };
struct astrid_subscribe_options { uint32_t flags, policy, capacity; const char *group; uint32_t group_length, zero; };
struct astrid_iovec { void *data; uint32_t size; };

ASTRID_HOST(publish) int32_t astrid_host_publish(const char *, uint32_t, const void *, uint32_t, const struct astrid_publish_options *);
ASTRID_HOST(subscribe) int32_t astrid_host_subscribe(const char *, uint32_t, const struct astrid_subscribe_options *, int32_t *);
ASTRID_HOST(request) int32_t astrid_host_request(const char *, uint32_t, const void *, uint32_t, int64_t, int32_t *);
ASTRID_HOST(reply) int32_t astrid_host_reply(const void *, const void *, uint32_t);
ASTRID_HOST(kv_get) int32_t astrid_host_kv_get(const char *, uint32_t, const char *, uint32_t, void *, uint32_t, uint32_t *);
ASTRID_HOST(kv_set) int32_t astrid_host_kv_set(const char *, uint32_t, const char *, uint32_t, const void *, uint32_t, uint32_t);
ASTRID_HOST(kv_delete) int32_t astrid_host_kv_delete(const char *, uint32_t, const char *, uint32_t, uint32_t);
ASTRID_HOST(kv_has) int32_t astrid_host_kv_has(const char *, uint32_t, const char *, uint32_t, uint32_t *);
ASTRID_HOST(kv_scan) int32_t astrid_host_kv_scan(const char *, uint32_t, const char *, uint32_t, const char *, uint32_t, void *, uint32_t, uint32_t *);
ASTRID_HOST(kv_batch) int32_t astrid_host_kv_batch(const char *, uint32_t, const void *, uint32_t, uint32_t);
ASTRID_HOST(vfs_open_dir) int32_t astrid_host_vfs_open_dir(int32_t, const char *, uint32_t, uint32_t, int32_t *);
ASTRID_HOST(vfs_open) int32_t astrid_host_vfs_open(int32_t, const char *, uint32_t, uint32_t, int32_t *);
ASTRID_HOST(vfs_read) int32_t astrid_host_vfs_read(int32_t, void *, uint32_t, int64_t, uint32_t *);
ASTRID_HOST(vfs_write) int32_t astrid_host_vfs_write(int32_t, const void *, uint32_t, int64_t, uint32_t *);
ASTRID_HOST(vfs_stat) int32_t astrid_host_vfs_stat(int32_t, const char *, uint32_t, void *);
ASTRID_HOST(vfs_list) int32_t astrid_host_vfs_list(int32_t, uint64_t, void *, uint32_t, uint32_t *);
ASTRID_HOST(vfs_close) int32_t astrid_host_vfs_close(int32_t);
ASTRID_HOST(token_create) int32_t astrid_host_token_create(int32_t, uint32_t, uint32_t, int64_t, void *);
ASTRID_HOST(token_redeem) int32_t astrid_host_token_redeem(const void *, int32_t *);
ASTRID_HOST(token_revoke) int32_t astrid_host_token_revoke(const void *);
ASTRID_HOST(cap_request) int32_t astrid_host_cap_request(const char *, uint32_t, int64_t, void *);
ASTRID_HOST(http_request) int32_t astrid_host_http_request(const void *, uint32_t, int32_t *);
ASTRID_HOST(log) int32_t astrid_host_log(int32_t, const char *, uint32_t);
ASTRID_HOST(spawn) int32_t astrid_host_spawn(const char *, uint32_t, const char *, uint32_t, const char *, uint32_t, uint32_t *);
ASTRID_HOST(wait) int32_t astrid_host_wait(uint32_t, int32_t *);
ASTRID_HOST(pid) uint32_t astrid_host_pid(void);
ASTRID_P1(fd_read) int32_t astrid_p1_fd_read(int32_t, const struct astrid_iovec *, uint32_t, uint32_t *);
ASTRID_P1(fd_close) int32_t astrid_p1_fd_close(int32_t);
ASTRID_P1(fd_filestat_get) int32_t astrid_p1_fd_filestat_get(int32_t, void *);
ASTRID_P1(fd_prestat_get) int32_t astrid_p1_fd_prestat_get(int32_t, uint32_t *);
ASTRID_P1(fd_prestat_dir_name) int32_t astrid_p1_fd_prestat_dir_name(int32_t, char *, uint32_t);
ASTRID_P1(poll_oneoff) int32_t astrid_p1_poll_oneoff(const void *, void *, uint32_t, uint32_t *);

#ifdef __cplusplus
}
#endif
#endif
