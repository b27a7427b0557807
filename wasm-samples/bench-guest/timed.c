/* Benchmarks for two processes at once: they run for a fixed time and say how many operations each tenth of a second
   saw, on the wall clock, so that the harness can compare the time in which both ran. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

enum { FILES = 16, NAME = 256, SLICES = 600, CHECK = 64 };

static const uint64_t slice_ns = 100000000;
static char paths[FILES][NAME];
static char own[NAME];
static uint32_t slices[SLICES];

static uint64_t wall_ns(void) {
  __wasi_timestamp_t time = 0;
  must(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &time), "clock_time_get");
  return time;
}

static void prepare(const char *directory) {
  make_directory(directory);
  for (int i = 0; i < FILES; i++) {
    snprintf(paths[i], NAME, "%s/file-%02d.txt", directory, i);
    close_fd(open_path(paths[i], __WASI_OFLAGS_CREAT, 0));
  }
  snprintf(own, NAME, "%s/new.txt", directory);
}

static void report_slices(uint64_t began, uint64_t took, uint64_t ops, uint32_t count) {
  char list[SLICES * 11 + 1];
  size_t length = 0;
  for (uint32_t i = 0; i < count; i++) length += (size_t)snprintf(list + length, sizeof list - length, "%s%u", i == 0 ? "" : ",", (unsigned)slices[i]);
  list[length] = '\0';
  report("{\"name\":\"%s\",\"start_ms\":%llu,\"slice_ms\":100,\"ns\":%llu,\"n\":%llu,\"elapsed_ns\":%llu,\"slices\":[%s]}", bench_name,
         (unsigned long long)(began / 1000000), (unsigned long long)(ops == 0 ? 0 : took / ops), (unsigned long long)ops,
         (unsigned long long)took, list);
}

static void run_timed(char **args, void (*once)(uint32_t number)) {
  uint64_t count = (uint64_t)to_number(args[1]) * 10;
  if (count == 0 || count > SLICES) fail("SECONDS must be 1 to 60");
  prepare(args[0]);
  for (uint32_t i = 0; i < 1000; i++) once(i);
  uint64_t wall = wall_ns(), began = now_ns(), took = 0, ops = 0;
  while (took < count * slice_ns) {
    for (uint32_t i = 0; i < CHECK; i++) once(i);
    ops += CHECK;
    slices[took / slice_ns] += CHECK;
    took = now_ns() - began;
  }
  report_slices(wall, took, ops, (uint32_t)count);
}

static void open_once(uint32_t number) { close_fd(open_path(paths[number % FILES], 0, 0)); }

void bench_open2(char **args) { run_timed(args, open_once); }

static void stat_once(uint32_t number) {
  __wasi_filestat_t stat;
  must(__wasi_path_filestat_get(bench_root, 0, paths[number % FILES], &stat), "path_filestat_get");
}

void bench_stat2(char **args) { run_timed(args, stat_once); }

static void create_once(uint32_t number) {
  (void)number;
  __wasi_fd_t fd = open_path(own, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
  write_fd(fd, "0123456789", 10);
  close_fd(fd);
  unlink_path(own);
}

void bench_create2(char **args) { run_timed(args, create_once); }
