/* fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights. */
#include "rules.h"

RULE(fd_fdstat_get_tells_files_and_directories_apart) {
  __wasi_fdstat_t stat;
  IS(make_file(dir, "f", ""), 0);
  int file = open_at(dir, "f", 0, READ_WRITE, 0);
  IS(fd_fdstat_get(file, &stat), 0);
  IS(stat.fs_filetype, __WASI_FILETYPE_REGULAR_FILE);
  IS(fd_fdstat_get(dir, &stat), 0);
  IS(stat.fs_filetype, __WASI_FILETYPE_DIRECTORY);
  IS(fd_close(file), 0);
  return 0;
}

RULE(fd_fdstat_get_shows_append_as_it_was_asked_for) {
  __wasi_fdstat_t stat;
  int file = open_at(dir, "f", CREAT, READ_WRITE, __WASI_FDFLAGS_APPEND);
  IS(fd_fdstat_get(file, &stat), 0);
  IS(stat.fs_flags & __WASI_FDFLAGS_APPEND, __WASI_FDFLAGS_APPEND);
  IS(fd_close(file), 0);
  return 0;
}

RULE(fd_fdstat_get_has_the_rights_to_read_and_write_that_were_asked_for) {
  __wasi_fdstat_t stat;
  IS(make_file(dir, "f", ""), 0);
  int reader = open_at(dir, "f", 0, R(FD_READ), 0), writer = open_at(dir, "f", 0, R(FD_WRITE), 0);
  IS(fd_fdstat_get(reader, &stat), 0);
  IS(!!(stat.fs_rights_base & R(FD_READ)), 1);
  IS(!!(stat.fs_rights_base & R(FD_WRITE)), 0);
  IS(fd_fdstat_get(writer, &stat), 0);
  IS(!!(stat.fs_rights_base & R(FD_WRITE)), 1);
  IS(!!(stat.fs_rights_base & R(FD_READ)), 0);
  IS(fd_close(reader), 0);
  IS(fd_close(writer), 0);
  return 0;
}

RULE(fd_fdstat_get_of_what_is_not_open_is_badf) {
  __wasi_fdstat_t stat;
  IS(fd_fdstat_get(999, &stat), E(BADF));
  return 0;
}

RULE(fd_fdstat_set_flags_turns_append_on_and_off) {
  IS(make_file(dir, "f", "0123456789"), 0);
  int fd = open_at(dir, "f", 0, READ_WRITE, 0);
  IS(fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND), 0);
  IS(write_bytes(fd, "end", 3), 3);
  IS(size_at(dir, "f"), 13);
  IS(fd_fdstat_set_flags(fd, 0), 0);
  IS(seek(fd, 0, __WASI_WHENCE_SET), 0);
  IS(write_bytes(fd, "X", 1), 1);
  IS(size_at(dir, "f"), 13);
  HOLDS(has_content(dir, "f", "X123456789end"));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_fdstat_set_flags_refuses_the_synchronous_ones) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS(fd_fdstat_set_flags(fd, __WASI_FDFLAGS_SYNC), E(INVAL));
  IS(fd_fdstat_set_flags(fd, __WASI_FDFLAGS_DSYNC), E(INVAL));
  IS(fd_fdstat_set_flags(fd, __WASI_FDFLAGS_RSYNC), E(INVAL));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_fdstat_set_flags_of_what_is_not_open_is_badf) {
  IS(fd_fdstat_set_flags(999, 0), E(BADF));
  return 0;
}

RULE(fd_fdstat_set_rights_is_not_supported) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS(fd_fdstat_set_rights(fd, R(FD_READ), 0), E(NOTSUP));
  IS(fd_fdstat_set_rights(999, R(FD_READ), 0), E(BADF));
  IS(fd_close(fd), 0);
  return 0;
}
