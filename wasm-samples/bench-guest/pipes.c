/* Two processes that talk: one end of a pipe each, or of a connection on the loopback. */
#include <string.h>

#include "bench.h"

static unsigned char block[BIG];

/* Writes to standard output what bench_piperead reads in all its passes. */
void bench_pipewrite(char **args) {
  uint64_t blocks = (uint64_t)to_number(args[0]) * (MIB / BIG) * (pass_count + 1);
  fill_random(block, BIG);
  for (uint64_t i = 0; i < blocks; i++) write_fd(1, block, BIG);
}

static void read_pass(work *job) {
  pass_start();
  for (uint64_t left = job->bytes; left > 0;) {
    size_t taken = read_fd(0, block, left < BIG ? (size_t)left : BIG);
    if (taken == 0) fail("the pipe ended early");
    left -= taken;
  }
  pass_stop();
}

/* A pass reads MIB MiB from standard input; an operation is 64 KiB. */
void bench_piperead(char **args) {
  work job = {.bytes = (uint64_t)to_number(args[0]) * MIB};
  job.n = job.bytes / BIG;
  run_passes(&job, read_pass);
}

/* Accepts one connection on descriptor 3 and sends back each byte, until the end. */
void bench_pong(char **args) {
  (void)args;
  __wasi_fd_t peer;
  must(__wasi_fd_fdstat_set_flags(3, 0), "fd_fdstat_set_flags");
  must(__wasi_sock_accept(3, 0, &peer), "sock_accept");
  while (read_fd(peer, block, 1) == 1) write_fd(peer, block, 1);
  close_fd(peer);
}

static __wasi_fd_t connection;

static void ping_pass(work *job) {
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) {
    write_fd(connection, block, 1);
    if (read_fd(connection, block, 1) != 1) fail("the connection ended early");
  }
  pass_stop();
}

/* N round trips of one byte a pass, with whoever listens on PORT. The root must be the namespace's. */
void bench_ping(char **args) {
  char path[64] = "dev/tcp/127.0.0.1/";
  strncat(path, args[0], 8);
  connection = open_path(path, 0, 0);
  work job = {.n = to_number(args[1])};
  run_passes(&job, ping_pass);
  close_fd(connection);
}
