/* The host as the benchmark sees it: preview 1 calls without a libc between, and what must not fail. */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include <stddef.h>
#include <stdint.h>
#include <wasi/api.h>

enum { KIB = 1024, MIB = 1024 * 1024, PAGE = 4 * KIB, BIG = 64 * KIB };

/* Name of the running benchmark, for messages. */
extern const char *bench_name;

/* 64-bit generator (a linear congruential one, top bits used); the same numbers in every host and pass. */
extern uint64_t bench_seed;
static inline uint32_t next_random(void) {
  bench_seed = bench_seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(bench_seed >> 32);
}

/* The directory worked in: the one preopened as `.`, else descriptor 3. */
extern __wasi_fd_t bench_root;
void find_root(void);

uint64_t now_ns(void);

/* Writes a line to stderr. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with {"name":…,"error":…} and status 1 unless error is 0. */
void must(__wasi_errno_t error, const char *call);

void fail(const char *why) __attribute__((noreturn));

__wasi_fd_t open_path(const char *path, __wasi_oflags_t oflags, __wasi_fdflags_t flags);
void close_fd(__wasi_fd_t fd);
void make_directory(const char *path);
void unlink_path(const char *path);

/* Exactly `length` bytes, or the end of the program. */
void write_fd(__wasi_fd_t fd, const void *bytes, size_t length);

/* One read; returns what came. */
size_t read_fd(__wasi_fd_t fd, void *bytes, size_t length);

/* Fills the buffer with bytes that do not compress. */
void fill_random(void *bytes, size_t length);

#endif
