/*
 * What every program here is made of: RULEs, each with a directory of its own, and the 46 calls as they are imported, without a C
 * library in between. A rule returns 0, or what `IS` and its like return when something is not as the specification has it.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <wasi/api.h>

#define CALL(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) extern

typedef const void *in;
typedef void *out;

CALL(args_get) int args_get(out, out);
CALL(args_sizes_get) int args_sizes_get(out, out);
CALL(environ_get) int environ_get(out, out);
CALL(environ_sizes_get) int environ_sizes_get(out, out);
CALL(clock_res_get) int clock_res_get(int, out);
CALL(clock_time_get) int clock_time_get(int, int64_t, out);
CALL(fd_advise) int fd_advise(int, int64_t, int64_t, int);
CALL(fd_allocate) int fd_allocate(int, int64_t, int64_t);
CALL(fd_close) int fd_close(int);
CALL(fd_datasync) int fd_datasync(int);
CALL(fd_fdstat_get) int fd_fdstat_get(int, out);
CALL(fd_fdstat_set_flags) int fd_fdstat_set_flags(int, int);
CALL(fd_fdstat_set_rights) int fd_fdstat_set_rights(int, int64_t, int64_t);
CALL(fd_filestat_get) int fd_filestat_get(int, out);
CALL(fd_filestat_set_size) int fd_filestat_set_size(int, int64_t);
CALL(fd_filestat_set_times) int fd_filestat_set_times(int, int64_t, int64_t, int);
CALL(fd_pread) int fd_pread(int, in, int, int64_t, out);
CALL(fd_prestat_get) int fd_prestat_get(int, out);
CALL(fd_prestat_dir_name) int fd_prestat_dir_name(int, out, int);
CALL(fd_pwrite) int fd_pwrite(int, in, int, int64_t, out);
CALL(fd_read) int fd_read(int, in, int, out);
CALL(fd_readdir) int fd_readdir(int, out, int, int64_t, out);
CALL(fd_renumber) int fd_renumber(int, int);
CALL(fd_seek) int fd_seek(int, int64_t, int, out);
CALL(fd_sync) int fd_sync(int);
CALL(fd_tell) int fd_tell(int, out);
CALL(fd_write) int fd_write(int, in, int, out);
CALL(path_create_directory) int path_create_directory(int, in, int);
CALL(path_filestat_get) int path_filestat_get(int, int, in, int, out);
CALL(path_filestat_set_times) int path_filestat_set_times(int, int, in, int, int64_t, int64_t, int);
CALL(path_link) int path_link(int, int, in, int, int, in, int);
CALL(path_open) int path_open(int, int, in, int, int, int64_t, int64_t, int, out);
CALL(path_readlink) int path_readlink(int, in, int, out, int, out);
CALL(path_remove_directory) int path_remove_directory(int, in, int);
CALL(path_rename) int path_rename(int, in, int, int, in, int);
CALL(path_symlink) int path_symlink(in, int, int, in, int);
CALL(path_unlink_file) int path_unlink_file(int, in, int);
CALL(poll_oneoff) int poll_oneoff(in, out, int, out);
CALL(proc_exit) _Noreturn void proc_exit(int);
CALL(proc_raise) int proc_raise(int);
CALL(random_get) int random_get(out, int);
CALL(sched_yield) int sched_yield(void);
CALL(sock_accept) int sock_accept(int, int, out);
CALL(sock_recv) int sock_recv(int, in, int, int, out, out);
CALL(sock_send) int sock_send(int, in, int, int, out);
CALL(sock_shutdown) int sock_shutdown(int, int);

struct rule {
  const char *id;
  int (*check)(int dir);
  struct rule *next;
};

void add_rule(struct rule *rule);
int differs(int line, long long found, long long wanted);

/* `dir` is an open, empty directory of the rule's own. */
#define RULE(id)                                                  \
  static int id(int dir);                                         \
  __attribute__((constructor)) static void add_##id(void) {       \
    static struct rule rule = {#id, id, 0};                       \
    add_rule(&rule);                                              \
  }                                                               \
  static int id(int dir __attribute__((unused)))

#define IS(found, wanted)                                                        \
  do {                                                                           \
    long long is_found = (found), is_wanted = (wanted);                          \
    if (is_found != is_wanted) return differs(__LINE__, is_found, is_wanted);    \
  } while (0)

/* Where the specification leaves a choice. */
#define IS_EITHER(found, one, other)                                                                   \
  do {                                                                                                 \
    long long is_found = (found), is_one = (one), is_other = (other);                                  \
    if (is_found != is_one && is_found != is_other) return differs(__LINE__, is_found, is_one);        \
  } while (0)

#define HOLDS(condition) IS(!!(condition), 1)

#define E(name) __WASI_ERRNO_##name
#define R(name) __WASI_RIGHTS_##name
#define READ_WRITE (R(FD_READ) | R(FD_WRITE))
/* Every right but writing, which nobody has to a directory. */
#define WALK (((1 << 30) - 1) & ~(int64_t)R(FD_WRITE))
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW
#define CREAT __WASI_OFLAGS_CREAT
#define EXCL __WASI_OFLAGS_EXCL
#define TRUNC __WASI_OFLAGS_TRUNC
#define DIRECTORY __WASI_OFLAGS_DIRECTORY

int length(const char *text);
int equal(const void *one, const void *other, int bytes);
void fill(void *bytes, int value, int count);

/* Path and its length, as most calls take them. */
#define P(path) (path), length(path)

/* A descriptor; -errno. */
int open_at(int dir, const char *path, int oflags, int64_t rights, int fdflags);
/* As `open_at`, without following a link at the end. */
int open_nofollow(int dir, const char *path, int oflags, int64_t rights, int fdflags);
/* Creates (or cuts) a file with this content. 0 or errno. */
int make_file(int dir, const char *path, const char *content);
/* Bytes moved; -errno. */
int write_bytes(int fd, const void *bytes, int count);
int read_bytes(int fd, void *bytes, int count);
int64_t seek(int fd, int64_t offset, int whence);
/* Size of what is at `path`, links followed; -errno. */
int64_t size_at(int dir, const char *path);
/* 0 if it is there, else errno. Links are not followed. */
int lstat_at(int dir, const char *path, __wasi_filestat_t *stat);
/* Whether the file has exactly this content. */
int has_content(int dir, const char *path, const char *content);
int64_t now(int clock);
void print(const char *text);
