/* What holds for standard input, output and error as pipes. The runner gives "input text" as standard input, then its end. */
#include "rules.h"

RULE(fd_seek_and_tell_of_a_pipe_are_spipe) {
  uint64_t position;
  for (int fd = 0; fd < 3; fd++) {
    IS(fd_seek(fd, 0, __WASI_WHENCE_CUR, &position), E(SPIPE));
    IS(fd_tell(fd, &position), E(SPIPE));
  }
  return 0;
}

RULE(fd_pread_and_pwrite_of_a_pipe_are_spipe) {
  char byte = 'x';
  __wasi_iovec_t vector = {(void *)&byte, 1};
  size_t count;
  IS(fd_pread(0, &vector, 1, 0, &count), E(SPIPE));
  IS(fd_pwrite(1, &vector, 1, 0, &count), E(SPIPE));
  return 0;
}

RULE(fd_fdstat_get_of_a_pipe_is_no_terminal) {
  __wasi_fdstat_t stat;
  for (int fd = 0; fd < 3; fd++) {
    IS(fd_fdstat_get(fd, &stat), 0);
    HOLDS(stat.fs_filetype != __WASI_FILETYPE_CHARACTER_DEVICE);
    HOLDS(stat.fs_filetype != __WASI_FILETYPE_REGULAR_FILE);
  }
  return 0;
}

RULE(fd_read_of_a_pipe_gives_what_is_there_then_the_end) {
  char text[64];
  int total = 0, count;
  while ((count = read_bytes(0, text + total, (int)sizeof text - total)) > 0) total += count;
  IS(count, 0);
  IS(total, 10);
  HOLDS(equal(text, "input text", 10));
  IS(read_bytes(0, text, 1), 0);
  return 0;
}

RULE(fd_filestat_get_of_a_pipe_succeeds) {
  __wasi_filestat_t stat;
  for (int fd = 0; fd < 3; fd++) IS(fd_filestat_get(fd, &stat), 0);
  return 0;
}

RULE(fd_prestat_get_of_a_stream_is_badf) {
  __wasi_prestat_t prestat;
  for (int fd = 0; fd < 3; fd++) IS(fd_prestat_get(fd, &prestat), E(BADF));
  return 0;
}

RULE(fd_close_of_standard_error_lets_the_others_be) {
  IS(fd_close(2), 0);
  IS(write_bytes(2, "x", 1), -E(BADF));
  IS(write_bytes(1, "", 0), 0);
  return 0;
}
