#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *bench_name = "bench";
uint64_t bench_seed = 1;
__wasi_fd_t bench_root = 3;

/* Hosts that check rights grant these on a directory; the others ignore them. */
static const __wasi_rights_t file_rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK |
                                           __WASI_RIGHTS_FD_TELL | __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_FILESTAT_GET;

static const __wasi_rights_t directory_rights = __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_FILESTAT_GET;

void find_root(void) {
  __wasi_prestat_t found;
  for (__wasi_fd_t fd = 3; __wasi_fd_prestat_get(fd, &found) == 0; fd++) {
    uint8_t name[1] = {0};
    if (found.u.dir.pr_name_len != 1 || __wasi_fd_prestat_dir_name(fd, name, 1) != 0 || name[0] != '.') continue;
    bench_root = fd;
    return;
  }
}

uint64_t now_ns(void) {
  __wasi_timestamp_t time = 0;
  must(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &time), "clock_time_get");
  return time;
}

void report(const char *format, ...) {
  char line[8192];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  __wasi_ciovec_t piece = {(const uint8_t *)line, (size_t)length};
  size_t written;
  (void)!__wasi_fd_write(2, &piece, 1, &written);
}

void fail(const char *why) {
  report("{\"name\":\"%s\",\"error\":\"%s\"}", bench_name, why);
  __wasi_proc_exit(1);
}

void must(__wasi_errno_t error, const char *call) {
  if (error == 0) return;
  char why[256];
  snprintf(why, sizeof why, "%s failed: errno %u (%s)", call, (unsigned)error, strerror(error));
  fail(why);
}

__wasi_fd_t open_path(const char *path, __wasi_oflags_t oflags, __wasi_fdflags_t flags) {
  __wasi_fd_t fd;
  __wasi_rights_t rights = (oflags & __WASI_OFLAGS_DIRECTORY) ? directory_rights : file_rights;
  must(__wasi_path_open(bench_root, 0, path, oflags, rights, 0, flags, &fd), "path_open");
  return fd;
}

void close_fd(__wasi_fd_t fd) { must(__wasi_fd_close(fd), "fd_close"); }

void make_directory(const char *path) {
  __wasi_errno_t error = __wasi_path_create_directory(bench_root, path);
  if (error != __WASI_ERRNO_EXIST) must(error, "path_create_directory");
}

void unlink_path(const char *path) { must(__wasi_path_unlink_file(bench_root, path), "path_unlink_file"); }

void write_fd(__wasi_fd_t fd, const void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    __wasi_ciovec_t piece = {(const uint8_t *)bytes + done, length - done};
    size_t written = 0;
    must(__wasi_fd_write(fd, &piece, 1, &written), "fd_write");
    if (written == 0) fail("fd_write wrote nothing");
    done += written;
  }
}

size_t read_fd(__wasi_fd_t fd, void *bytes, size_t length) {
  __wasi_iovec_t piece = {bytes, length};
  size_t got = 0;
  must(__wasi_fd_read(fd, &piece, 1, &got), "fd_read");
  return got;
}

void fill_random(void *bytes, size_t length) {
  uint32_t *words = bytes;
  for (size_t i = 0; i < length / sizeof *words; i++) words[i] = next_random();
}
