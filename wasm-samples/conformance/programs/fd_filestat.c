/* fd_filestat_get, fd_filestat_set_size, fd_filestat_set_times, fd_allocate, fd_advise, fd_sync, fd_datasync. */
#include "rules.h"

#define ATIM __WASI_FSTFLAGS_ATIM
#define ATIM_NOW __WASI_FSTFLAGS_ATIM_NOW
#define MTIM __WASI_FSTFLAGS_MTIM
#define MTIM_NOW __WASI_FSTFLAGS_MTIM_NOW

static int fresh(int dir, const char *content) {
  make_file(dir, "f", content);
  return open_at(dir, "f", 0, READ_WRITE, 0);
}

RULE(fd_filestat_get_tells_type_size_links_and_identity) {
  __wasi_filestat_t stat, by_path, other;
  int fd = fresh(dir, "12345");
  IS(fd_filestat_get(fd, &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_REGULAR_FILE);
  IS(stat.size, 5);
  IS(stat.nlink, 1);
  HOLDS(stat.ino != 0);
  IS(lstat_at(dir, "f", &by_path), 0);
  IS(by_path.ino, stat.ino);
  IS(by_path.dev, stat.dev);
  IS(make_file(dir, "g", ""), 0);
  IS(lstat_at(dir, "g", &other), 0);
  HOLDS(other.ino != stat.ino);
  IS(fd_filestat_get(dir, &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_DIRECTORY);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_get_of_what_is_not_open_is_badf) {
  __wasi_filestat_t stat;
  IS(fd_filestat_get(999, &stat), E(BADF));
  return 0;
}

RULE(fd_filestat_get_mtim_moves_on_with_a_write) {
  __wasi_filestat_t before, after;
  int fd = fresh(dir, "a");
  IS(fd_filestat_set_times(fd, 0, 1000000000, MTIM), 0);
  IS(fd_filestat_get(fd, &before), 0);
  IS(before.mtim, 1000000000);
  IS(write_bytes(fd, "b", 1), 1);
  IS(fd_filestat_get(fd, &after), 0);
  HOLDS(after.mtim > before.mtim);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_size_cuts_and_extends_with_zeros) {
  int fd = fresh(dir, "0123456789");
  IS(fd_filestat_set_size(fd, 4), 0);
  IS(size_at(dir, "f"), 4);
  IS(fd_filestat_set_size(fd, 8), 0);
  char found[8];
  IS(read_bytes(fd, found, 8), 8);
  HOLDS(equal(found, "0123\0\0\0\0", 8));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_size_leaves_the_offset) {
  int fd = fresh(dir, "0123456789");
  IS(seek(fd, 8, __WASI_WHENCE_SET), 8);
  IS(fd_filestat_set_size(fd, 2), 0);
  IS(seek(fd, 0, __WASI_WHENCE_CUR), 8);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_size_of_a_reader_or_a_directory_is_refused) {
  IS(make_file(dir, "f", "kept"), 0);
  int fd = open_at(dir, "f", 0, R(FD_READ), 0);
  int error = fd_filestat_set_size(fd, 0);
  HOLDS(error == E(INVAL) || error == E(BADF) || error == E(NOTCAPABLE));
  HOLDS(has_content(dir, "f", "kept"));
  HOLDS(fd_filestat_set_size(dir, 0) != 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_size_that_no_file_can_have_is_refused) {
  int fd = fresh(dir, "kept");
  int error = fd_filestat_set_size(fd, -1);
  HOLDS(error == E(INVAL) || error == E(FBIG));
  HOLDS(has_content(dir, "f", "kept"));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_times_sets_what_is_asked_and_leaves_the_rest) {
  __wasi_filestat_t stat;
  int fd = fresh(dir, "");
  IS(fd_filestat_set_times(fd, 1111111111, 2222222222, ATIM | MTIM), 0);
  IS(fd_filestat_get(fd, &stat), 0);
  IS(stat.atim, 1111111111);
  IS(stat.mtim, 2222222222);
  IS(fd_filestat_set_times(fd, 5, 3333333333, MTIM), 0);
  IS(fd_filestat_get(fd, &stat), 0);
  IS(stat.atim, 1111111111);
  IS(stat.mtim, 3333333333);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_times_to_now_is_now) {
  __wasi_filestat_t stat;
  int fd = fresh(dir, "");
  IS(fd_filestat_set_times(fd, 1, 1, ATIM | MTIM), 0);
  int64_t before = now(0) - 1000000000;
  IS(fd_filestat_set_times(fd, 0, 0, ATIM_NOW | MTIM_NOW), 0);
  IS(fd_filestat_get(fd, &stat), 0);
  HOLDS((int64_t)stat.atim >= before && (int64_t)stat.mtim >= before);
  HOLDS((int64_t)stat.mtim <= now(0) + 1000000000);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_times_with_both_kinds_of_a_time_is_inval) {
  int fd = fresh(dir, "");
  IS(fd_filestat_set_times(fd, 0, 0, ATIM | ATIM_NOW), E(INVAL));
  IS(fd_filestat_set_times(fd, 0, 0, MTIM | MTIM_NOW), E(INVAL));
  IS(fd_filestat_set_times(999, 0, 0, MTIM_NOW), E(BADF));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_filestat_set_times_keeps_nanoseconds_of_late_times) {
  __wasi_filestat_t stat;
  int fd = fresh(dir, "");
  int64_t late = 4102444800123456789;
  IS(fd_filestat_set_times(fd, late, late + 1, ATIM | MTIM), 0);
  IS(fd_filestat_get(fd, &stat), 0);
  IS(stat.atim, late);
  IS(stat.mtim, late + 1);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_allocate_makes_room_or_says_that_it_cannot) {
  int fd = fresh(dir, "abc");
  int error = fd_allocate(fd, 0, 100);
  if (error == E(NOTSUP)) {
    IS(size_at(dir, "f"), 3);
  } else {
    IS(error, 0);
    IS(size_at(dir, "f"), 100);
    IS(fd_allocate(fd, 0, 10), 0);
    IS(size_at(dir, "f"), 100);
  }
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_advise_takes_every_advice) {
  int fd = fresh(dir, "abc");
  for (int advice = 0; advice < 6; advice++) IS(fd_advise(fd, 0, 10, advice), 0);
  IS(fd_advise(999, 0, 10, 0), E(BADF));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_sync_and_fd_datasync_of_a_file_succeed) {
  int fd = fresh(dir, "abc");
  IS(fd_sync(fd), 0);
  IS(fd_datasync(fd), 0);
  IS(fd_sync(999), E(BADF));
  IS(fd_datasync(999), E(BADF));
  IS(fd_close(fd), 0);
  return 0;
}
