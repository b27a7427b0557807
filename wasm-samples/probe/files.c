/* Files below a directory handle: the preopen of /tmp, or /tmp below that of /. */
#include <wasi/api.h>

#include "probe.h"

static _Alignas(8) char buffer[4096];

/* A handle of /tmp; -1: it was given none. */
static int open_tmp(void) {
  __wasi_prestat_t prestat;
  for (__wasi_fd_t fd = 3; __wasi_fd_prestat_get(fd, &prestat) == 0; fd++) {
    u32 length = (u32)prestat.u.dir.pr_name_len, handle = 0;
    if (length >= sizeof buffer || __wasi_fd_prestat_dir_name(fd, (uint8_t *)buffer, length) != 0) continue;
    const char *below = length == 1 && buffer[0] == '/' ? "tmp" : length == 4 && memcmp(buffer, "/tmp", 4) == 0 ? "." : 0;
    if (below && astrid_vfs_open_dir(fd, below, (u32)strlen(below), 15, &handle) == 0) return (int)handle;
  }
  return -1;
}

static void files_in(u32 dir) {
  u32 file = 0, size = 0;
  show("astrid_vfs_open", "a new file", astrid_vfs_open(dir, T("probe.txt"), 1 | 2 | 4 | 16, &file));
  show("astrid_vfs_write", "of it", astrid_vfs_write(file, T("hello world"), -1, &size));
  show("astrid_vfs_read", "from byte 6", astrid_vfs_read(file, buffer, sizeof buffer, 6, &size));
  show("astrid_vfs_read", "from before the start", astrid_vfs_read(file, buffer, sizeof buffer, -2, &size));
  show("astrid_vfs_read", "a bad pointer", astrid_vfs_read(file, BAD, 100, -1, &size));
  show("astrid_vfs_write", "a bad pointer", astrid_vfs_write(file, BAD, 100, -1, &size));
  show("astrid_vfs_stat", "of the handle", astrid_vfs_stat(file, T(""), buffer));
  show("astrid_vfs_close", "of it", astrid_vfs_close(file));
  show("astrid_vfs_close", "again", astrid_vfs_close(file));
  show("astrid_vfs_read", "after that", astrid_vfs_read(file, buffer, sizeof buffer, -1, &size));
  show("astrid_vfs_open", "what must be new", astrid_vfs_open(dir, T("probe.txt"), 2 | 8, &file));
  show("astrid_vfs_open", "what is not there", astrid_vfs_open(dir, T("probe.none"), 1, &file));
  show("astrid_vfs_open", "for nothing", astrid_vfs_open(dir, T("probe.txt"), 0, &file));
  show("astrid_vfs_open", "above the directory", astrid_vfs_open(dir, T("../etc/motd"), 1, &file));
  show("astrid_vfs_open", "an absolute path", astrid_vfs_open(dir, T("/etc/motd"), 1, &file));
  show("astrid_vfs_open", "no UTF-8", astrid_vfs_open(dir, T("\xff"), 1, &file));
  show("astrid_vfs_open", "a bad pointer", astrid_vfs_open(dir, BAD, 100, 1, &file));
  show("astrid_vfs_stat", "of a path", astrid_vfs_stat(dir, T("probe.txt"), buffer));
  show("astrid_vfs_stat", "a bad pointer", astrid_vfs_stat(dir, T("probe.txt"), BAD));
  show("astrid_vfs_list", "the directory", astrid_vfs_list(dir, 0, buffer, sizeof buffer, &size));
  show("astrid_vfs_list", "what is no directory", astrid_vfs_list(0, 0, buffer, sizeof buffer, &size));
  show("astrid_vfs_list", "a bad pointer", astrid_vfs_list(dir, 0, BAD, 100, &size));
}

static void narrowed(u32 dir) {
  u32 handle = 0, file = 0;
  if (show("astrid_vfs_open_dir", "to read only", astrid_vfs_open_dir(dir, T("."), 1, &handle))) {
    show("astrid_vfs_open", "to read below it", astrid_vfs_open(handle, T("probe.txt"), 1, &file));
    astrid_vfs_close(file);
    show("astrid_vfs_open", "to write below it", astrid_vfs_open(handle, T("probe.txt"), 2, &file));
    show("astrid_vfs_open", "to create below it", astrid_vfs_open(handle, T("probe.new"), 2 | 4, &file));
    astrid_vfs_close(handle);
  }
  show("astrid_vfs_open_dir", "rights that are none", astrid_vfs_open_dir(dir, T("."), 16, &handle));
  show("astrid_vfs_open_dir", "a file", astrid_vfs_open_dir(dir, T("probe.txt"), 1, &handle));
  show("astrid_vfs_open_dir", "a bad pointer", astrid_vfs_open_dir(dir, BAD, 100, 1, &handle));
  show("astrid_vfs_open_dir", "below no directory", astrid_vfs_open_dir(999, T("."), 1, &handle));
}

void probe_files(void) {
  int dir = open_tmp();
  if (!show("astrid_vfs_open_dir", "/tmp, which must be a preopen", dir < 0 ? 76 : 0)) return;
  files_in((u32)dir);
  narrowed((u32)dir);
  if (__wasi_path_unlink_file((__wasi_fd_t)dir, "probe.txt") != 0) show("path_unlink_file", "of the file", 29);
  astrid_vfs_close((u32)dir);
}

void probe_tokens(void) {
  static unsigned char token[96], other[96];
  u32 handle = 0, me = (u32)astrid_pid();
  int dir = open_tmp();
  if (dir >= 0) {
    if (show("astrid_token_create", "for oneself, to read", astrid_token_create((u32)dir, me, 1, 60 * SECOND, token))) {
      memcpy(other, token, sizeof other);
      other[20] ^= 1;
      show("astrid_token_redeem", "of a forged one", astrid_token_redeem(other, &handle));
      if (show("astrid_token_redeem", "of it", astrid_token_redeem(token, &handle))) {
        u32 file = 0;
        show("astrid_vfs_list", "what it is for", astrid_vfs_list(handle, 0, other, 64, &file));
        show("astrid_vfs_open", "to create, which it is not for", astrid_vfs_open(handle, T("probe.new"), 2 | 4, &file));
      }
      show("astrid_token_redeem", "again", astrid_token_redeem(token, &handle));
      show("astrid_token_revoke", "of it", astrid_token_revoke(token));
    }
    if (show("astrid_token_create", "for another", astrid_token_create((u32)dir, me + 1, 1, 60 * SECOND, token))) show("astrid_token_redeem", "of another's", astrid_token_redeem(token, &handle));
    show("astrid_token_create", "rights that are none", astrid_token_create((u32)dir, me, 64, SECOND, token));
    show("astrid_token_create", "that ended before", astrid_token_create((u32)dir, me, 1, -1, token));
    show("astrid_token_create", "a bad pointer", astrid_token_create((u32)dir, me, 1, SECOND, BAD));
    astrid_vfs_close((u32)dir);
  }
  show("astrid_token_create", "of what is not open", astrid_token_create(999, me, 1, SECOND, token));
  show("astrid_token_redeem", "a bad pointer", astrid_token_redeem(BAD, &handle));
  show("astrid_token_revoke", "a bad pointer", astrid_token_revoke(BAD));
  show("astrid_cap_request", "what is granted already", astrid_cap_request(T("{\"kind\":\"publish\",\"subject\":\"probe.a\"}"), SECOND, token));
  show("astrid_cap_request", "no JSON", astrid_cap_request(T("{kind"), SECOND, token));
  show("astrid_cap_request", "a kind that is none", astrid_cap_request(T("{\"kind\":\"moon\"}"), SECOND, token));
  show("astrid_cap_request", "a deadline in the past", astrid_cap_request(T("{}"), -1, token));
  show("astrid_cap_request", "a bad pointer", astrid_cap_request(BAD, 100, SECOND, token));
}
