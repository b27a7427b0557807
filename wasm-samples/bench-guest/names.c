/* Benchmarks of names, directories and the start of a program. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

enum { FILES = 16, NAME = 64 };

static const char directory[] = "bench-names";
static char paths[FILES][NAME];

/* Some hosts cannot; that shall not cost them the figures. */
static void remove_directory(void) { (void)!__wasi_path_remove_directory(bench_root, directory); }

static void make_files(void) {
  make_directory(directory);
  for (int i = 0; i < FILES; i++) {
    snprintf(paths[i], NAME, "%s/file-%02d.txt", directory, i);
    __wasi_fd_t fd = open_path(paths[i], __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
    write_fd(fd, "0123456789", 10);
    close_fd(fd);
  }
}

static void remove_files(void) {
  for (int i = 0; i < FILES; i++) unlink_path(paths[i]);
  remove_directory();
}

static void run_on_files(char **args, pass *once) {
  work job = {to_number(args[0]), 0, 0, 0};
  make_files();
  run_passes(&job, once);
  remove_files();
}

static void openclose_pass(work *job) {
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) close_fd(open_path(paths[i % FILES], 0, 0));
  pass_stop();
}

void bench_openclose(char **args) { run_on_files(args, openclose_pass); }

static void stat_pass(work *job) {
  __wasi_filestat_t stat;
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) must(__wasi_path_filestat_get(bench_root, 0, paths[i % FILES], &stat), "path_filestat_get");
  pass_stop();
  if (stat.size != 10) fail("path_filestat_get: wrong size");
}

void bench_stat(char **args) { run_on_files(args, stat_pass); }

static void create_pass(work *job) {
  static const char path[] = "bench-names/new.txt";
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) {
    __wasi_fd_t fd = open_path(path, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
    write_fd(fd, "0123456789", 10);
    close_fd(fd);
    unlink_path(path);
  }
  pass_stop();
}

void bench_create(char **args) { run_on_files(args, create_pass); }

static uint8_t listing[BIG];

/* Entries in one buffer that are there whole; sets the cookie to that of the last of them. */
static uint32_t count_entries(size_t used, __wasi_dircookie_t *cookie) {
  uint32_t found = 0;
  __wasi_dirent_t entry;
  for (size_t at = 0; at + sizeof entry <= used; found++) {
    memcpy(&entry, listing + at, sizeof entry);
    at += sizeof entry + entry.d_namlen;
    if (at > used) break;
    *cookie = entry.d_next;
  }
  return found;
}

static void readdir_pass(work *job) {
  __wasi_dircookie_t cookie = __WASI_DIRCOOKIE_START;
  size_t used = BIG;
  uint32_t found = 0;
  __wasi_fd_t fd = open_path(directory, __WASI_OFLAGS_DIRECTORY, 0);
  pass_start();
  while (used == BIG) {
    must(__wasi_fd_readdir(fd, listing, BIG, cookie, &used), "fd_readdir");
    uint32_t more = count_entries(used, &cookie);
    if (more == 0 && used == BIG) fail("fd_readdir: no progress");
    found += more;
  }
  pass_stop();
  close_fd(fd);
  if (found < job->n) fail("fd_readdir: entries are missing");
}

static void each_entry(uint32_t count, int remove) {
  char path[NAME];
  for (uint32_t i = 0; i < count; i++) {
    snprintf(path, NAME, "%s/entry-%06u.txt", directory, (unsigned)i);
    if (remove) unlink_path(path);
    else close_fd(open_path(path, __WASI_OFLAGS_CREAT, 0));
  }
}

void bench_readdir(char **args) {
  uint32_t n = to_number(args[0]);
  work job = {n, 0, 0, 0};
  make_directory(directory);
  each_entry(n, 0);
  run_passes(&job, readdir_pass);
  each_entry(n, 1);
  remove_directory();
}

static void args_pass(work *job) {
  static uint8_t text[BIG];
  static uint8_t *pointers[KIB];
  size_t count, bytes;
  pass_start();
  for (uint64_t i = 0; i < job->n; i++) {
    must(__wasi_args_sizes_get(&count, &bytes), "args_sizes_get");
    if (count > KIB || bytes > BIG) fail("arguments do not fit");
    must(__wasi_args_get(pointers, text), "args_get");
    must(__wasi_environ_sizes_get(&count, &bytes), "environ_sizes_get");
    if (count > KIB || bytes > BIG) fail("environment does not fit");
    must(__wasi_environ_get(pointers, text), "environ_get");
  }
  pass_stop();
}

void bench_args(char **args) {
  work job = {to_number(args[0]), 0, 0, 0};
  run_passes(&job, args_pass);
}
