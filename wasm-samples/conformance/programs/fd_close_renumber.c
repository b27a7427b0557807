/* fd_close, fd_renumber. */
#include "rules.h"

RULE(fd_close_frees_the_descriptor) {
  IS(make_file(dir, "f", "x"), 0);
  int fd = open_at(dir, "f", 0, R(FD_READ), 0);
  HOLDS(fd > 2);
  IS(fd_close(fd), 0);
  IS(fd_close(fd), E(BADF));
  char byte;
  IS(read_bytes(fd, &byte, 1), -E(BADF));
  return 0;
}

RULE(fd_close_of_what_was_never_open_is_badf) {
  IS(fd_close(999), E(BADF));
  IS(fd_close(-1), E(BADF));
  IS(fd_close(INT32_MAX), E(BADF));
  return 0;
}

RULE(fd_renumber_moves_the_description_and_closes_the_source) {
  IS(make_file(dir, "a", "from a"), 0);
  IS(make_file(dir, "b", "from b"), 0);
  int a = open_at(dir, "a", 0, R(FD_READ), 0), b = open_at(dir, "b", 0, R(FD_READ), 0);
  IS(fd_renumber(a, b), 0);
  char text[6];
  IS(read_bytes(a, text, 6), -E(BADF));
  IS(read_bytes(b, text, 6), 6);
  HOLDS(equal(text, "from a", 6));
  IS(fd_close(b), 0);
  return 0;
}

RULE(fd_renumber_keeps_the_offset) {
  IS(make_file(dir, "a", "0123456789"), 0);
  IS(make_file(dir, "b", ""), 0);
  int a = open_at(dir, "a", 0, R(FD_READ), 0), b = open_at(dir, "b", 0, R(FD_READ), 0);
  IS(seek(a, 4, __WASI_WHENCE_SET), 4);
  IS(fd_renumber(a, b), 0);
  char byte;
  IS(read_bytes(b, &byte, 1), 1);
  IS(byte, '4');
  IS(fd_close(b), 0);
  return 0;
}

RULE(fd_renumber_of_or_onto_what_is_not_open_is_badf) {
  IS(make_file(dir, "a", ""), 0);
  int a = open_at(dir, "a", 0, R(FD_READ), 0);
  IS(fd_renumber(999, a), E(BADF));
  IS(fd_renumber(a, 999), E(BADF));
  IS(fd_close(a), 0);
  return 0;
}

RULE(path_open_gives_a_descriptor_that_is_not_in_use) {
  IS(make_file(dir, "a", ""), 0);
  int fds[20];
  for (int i = 0; i < 20; i++) {
    fds[i] = open_at(dir, "a", 0, R(FD_READ), 0);
    HOLDS(fds[i] > 2 && fds[i] != dir);
    for (int j = 0; j < i; j++) HOLDS(fds[j] != fds[i]);
  }
  for (int i = 0; i < 20; i++) IS(fd_close(fds[i]), 0);
  return 0;
}
