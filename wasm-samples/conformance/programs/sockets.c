/* sock_accept, sock_recv, sock_send, sock_shutdown on what is no socket. */
#include "rules.h"

RULE(sock_calls_on_a_file_are_notsock) {
  char byte;
  __wasi_iovec_t vector = {(void *)&byte, 1};
  size_t count;
  uint16_t flags;
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0), accepted;
  IS(sock_accept(fd, 0, &accepted), E(NOTSOCK));
  IS(sock_recv(fd, &vector, 1, 0, &count, &flags), E(NOTSOCK));
  IS(sock_send(fd, &vector, 1, 0, &count), E(NOTSOCK));
  IS(sock_shutdown(fd, 1), E(NOTSOCK));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(sock_calls_on_what_is_not_open_are_badf) {
  char byte;
  __wasi_iovec_t vector = {(void *)&byte, 1};
  size_t count;
  uint16_t flags;
  int accepted;
  IS(sock_accept(999, 0, &accepted), E(BADF));
  IS(sock_recv(999, &vector, 1, 0, &count, &flags), E(BADF));
  IS(sock_send(999, &vector, 1, 0, &count), E(BADF));
  IS(sock_shutdown(999, 1), E(BADF));
  return 0;
}
