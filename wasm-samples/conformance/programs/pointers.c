/* Pointers that lie, or end, outside of memory: fault, and the program lives on. */
#include "rules.h"

#define OUTSIDE ((void *)0xfffffff0)
#define EDGE ((void *)0xffffffff)

RULE(pointers_for_results_outside_of_memory_are_fault) {
  IS(args_sizes_get(OUTSIDE, OUTSIDE), E(FAULT));
  IS(environ_sizes_get(OUTSIDE, OUTSIDE), E(FAULT));
  IS(clock_time_get(0, 0, OUTSIDE), E(FAULT));
  IS(clock_res_get(0, OUTSIDE), E(FAULT));
  IS(random_get(OUTSIDE, 100), E(FAULT));
  IS(fd_fdstat_get(dir, OUTSIDE), E(FAULT));
  IS(fd_filestat_get(dir, OUTSIDE), E(FAULT));
  IS(fd_prestat_get(3, OUTSIDE), E(FAULT));
  IS(fd_prestat_dir_name(3, OUTSIDE, 100), E(FAULT));
  return 0;
}

RULE(pointers_of_vectors_outside_of_memory_are_fault_and_move_nothing) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  size_t count;
  __wasi_iovec_t far = {OUTSIDE, 100}, wrapping = {(void *)16, 0xffffffff};
  IS(fd_write(fd, OUTSIDE, 1, &count), E(FAULT));
  IS(fd_write(fd, &far, 1, &count), E(FAULT));
  IS(fd_write(fd, &wrapping, 1, &count), E(FAULT));
  IS(fd_write(fd, &far, 1, OUTSIDE), E(FAULT));
  IS(size_at(dir, "f"), 0);
  IS(fd_read(fd, &far, 0x7fffffff, &count), E(FAULT));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(pointers_of_paths_outside_of_memory_are_fault) {
  int fd;
  __wasi_filestat_t stat;
  IS(path_open(dir, 0, OUTSIDE, 100, CREAT, READ_WRITE, 0, 0, &fd), E(FAULT));
  IS(path_open(dir, 0, EDGE, 1, CREAT, READ_WRITE, 0, 0, &fd), E(FAULT));
  IS(path_create_directory(dir, OUTSIDE, 100), E(FAULT));
  IS(path_filestat_get(dir, 0, OUTSIDE, 100, &stat), E(FAULT));
  IS(path_filestat_get(dir, 0, P("."), OUTSIDE), E(FAULT));
  IS(path_rename(dir, P("x"), dir, OUTSIDE, 100), E(FAULT));
  IS(path_symlink(OUTSIDE, 100, dir, P("x")), E(FAULT));
  return 0;
}

RULE(pointers_of_polls_outside_of_memory_are_fault) {
  size_t count;
  __wasi_subscription_t subscription;
  __wasi_event_t event;
  fill(&subscription, 0, sizeof subscription);
  IS(poll_oneoff(OUTSIDE, &event, 1, &count), E(FAULT));
  IS(poll_oneoff(&subscription, OUTSIDE, 1, &count), E(FAULT));
  IS(poll_oneoff(&subscription, &event, 1, OUTSIDE), E(FAULT));
  return 0;
}

RULE(a_result_that_cannot_be_told_opens_nothing) {
  IS(path_open(dir, 0, P("f"), CREAT, READ_WRITE, 0, 0, OUTSIDE), E(FAULT));
  __wasi_filestat_t stat;
  IS(lstat_at(dir, "f", &stat), E(NOENT));
  return 0;
}
