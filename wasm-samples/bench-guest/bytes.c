/* Benchmarks of file contents. */
#include <string.h>

#include "bench.h"

enum { DATA = 4 * MIB };

static const char file_name[] = "bench-data.bin";

/* More than any compressor's window holds, so that blocks cut from it do not compress against each other. */
static uint8_t data[DATA];
static uint8_t target[BIG];
static __wasi_fd_t fd;

static void make_file(uint32_t mib) {
  fill_random(data, DATA);
  fd = open_path(file_name, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
  for (uint32_t i = 0; i < mib * (MIB / BIG); i++) write_fd(fd, data + (size_t)i * BIG % DATA, BIG);
  close_fd(fd);
}

static void rewind_fd(void) {
  __wasi_filesize_t position;
  must(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &position), "fd_seek");
}

static void run_on_file(work *job, uint32_t mib, pass *once) {
  make_file(mib);
  fd = open_path(file_name, 0, 0);
  run_passes(job, once);
  close_fd(fd);
  unlink_path(file_name);
}

/* a: bytes a read; b: reads until the end of the file, which is when it begins again. */
static void read_pass(work *job) {
  uint32_t left = job->b;
  rewind_fd();
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) {
    if (left-- == 0) {
      rewind_fd();
      left = job->b - 1;
    }
    if (read_fd(fd, target, job->a) != job->a) fail("fd_read: short read");
  }
  pass_stop();
}

static void bench_read(char **args, uint32_t size) {
  uint32_t mib = to_number(args[0]), n = to_number(args[1]);
  work job = {n, (uint64_t)n * size, size, mib * (MIB / size)};
  run_on_file(&job, mib, read_pass);
}

void bench_read4k(char **args) { bench_read(args, PAGE); }

void bench_read64k(char **args) { bench_read(args, BIG); }

/* a: pages in the file. */
static void pread_pass(work *job) {
  bench_seed = 42;
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) {
    __wasi_iovec_t piece = {target, PAGE};
    size_t got = 0;
    __wasi_filesize_t offset = (__wasi_filesize_t)(next_random() % job->a) * PAGE;
    must(__wasi_fd_pread(fd, &piece, 1, offset, &got), "fd_pread");
    if (got != PAGE) fail("fd_pread: short read");
  }
  pass_stop();
}

void bench_pread4k(char **args) {
  uint32_t mib = to_number(args[0]), n = to_number(args[1]);
  work job = {n, (uint64_t)n * PAGE, mib * (MIB / PAGE), 0};
  run_on_file(&job, mib, pread_pass);
}

static void write_pass(work *job) {
  fd = open_path(file_name, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) write_fd(fd, data + i * PAGE % DATA, PAGE);
  pass_stop();
  close_fd(fd);
  unlink_path(file_name);
}

void bench_write4k(char **args) {
  uint32_t mib = to_number(args[0]);
  work job = {(uint64_t)mib * (MIB / PAGE), (uint64_t)mib * MIB, 0, 0};
  fill_random(data, DATA);
  run_passes(&job, write_pass);
}

static void append_pass(work *job) {
  fd = open_path(file_name, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, __WASI_FDFLAGS_APPEND);
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) write_fd(fd, data, 100);
  pass_stop();
  close_fd(fd);
  unlink_path(file_name);
}

void bench_append100(char **args) {
  uint32_t n = to_number(args[0]);
  work job = {n, (uint64_t)n * 100, 0, 0};
  fill_random(data, DATA);
  run_passes(&job, append_pass);
}

/* a: the pass, stamped with the block's number into every page, so that no two blocks are alike. */
static void durable_pass(work *job) {
  job->a++;
  fd = open_path(file_name, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) {
    uint8_t *block = data + i * BIG % DATA;
    uint32_t stamp[2] = {job->a, (uint32_t)i};
    for (size_t page = 0; page < BIG; page += PAGE) memcpy(block + page, stamp, sizeof stamp);
    write_fd(fd, block, BIG);
  }
  must(__wasi_fd_sync(fd), "fd_sync");
  pass_stop();
  close_fd(fd);
  unlink_path(file_name);
}

void bench_durable(char **args) {
  uint32_t mib = to_number(args[0]);
  work job = {(uint64_t)mib * (MIB / BIG), (uint64_t)mib * MIB, 0, 0};
  fill_random(data, DATA);
  run_passes(&job, durable_pass);
}

static void lines_pass(work *job) {
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) write_fd(1, target, 80);
  pass_stop();
}

void bench_lines(char **args) {
  uint32_t n = to_number(args[0]);
  work job = {n, (uint64_t)n * 80, 0, 0};
  memset(target, '.', 79);
  target[79] = '\n';
  run_passes(&job, lines_pass);
}
