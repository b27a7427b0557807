/* high-memory: passes pointers above 2 GiB to every call that takes one, and such that end beyond 4 GiB; src/testing/high-memory.test.ts. */
#include <stddef.h>
#include <stdint.h>

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

/* Pointers are numbers here, so that the compiler takes nothing for granted about them. */
WASI(args_get) int args_get(uint32_t argv, uint32_t buffer);
WASI(args_sizes_get) int args_sizes_get(uint32_t count, uint32_t size);
WASI(clock_res_get) int clock_res_get(uint32_t clock, uint32_t out);
WASI(clock_time_get) int clock_time_get(uint32_t clock, uint64_t precision, uint32_t out);
WASI(environ_get) int environ_get(uint32_t environ, uint32_t buffer);
WASI(environ_sizes_get) int environ_sizes_get(uint32_t count, uint32_t size);
WASI(fd_close) int fd_close(int fd);
WASI(fd_fdstat_get) int fd_fdstat_get(int fd, uint32_t out);
WASI(fd_filestat_get) int fd_filestat_get(int fd, uint32_t out);
WASI(fd_pread) int fd_pread(int fd, uint32_t vectors, uint32_t count, uint64_t offset, uint32_t out);
WASI(fd_prestat_dir_name) int fd_prestat_dir_name(int fd, uint32_t path, uint32_t length);
WASI(fd_prestat_get) int fd_prestat_get(int fd, uint32_t out);
WASI(fd_pwrite) int fd_pwrite(int fd, uint32_t vectors, uint32_t count, uint64_t offset, uint32_t out);
WASI(fd_read) int fd_read(int fd, uint32_t vectors, uint32_t count, uint32_t out);
WASI(fd_readdir) int fd_readdir(int fd, uint32_t buffer, uint32_t length, uint64_t cookie, uint32_t out);
WASI(fd_seek) int fd_seek(int fd, uint64_t offset, int whence, uint32_t out);
WASI(fd_tell) int fd_tell(int fd, uint32_t out);
WASI(fd_write) int fd_write(int fd, uint32_t vectors, uint32_t count, uint32_t out);
WASI(path_create_directory) int path_create_directory(int dir, uint32_t path, uint32_t length);
WASI(path_filestat_get) int path_filestat_get(int dir, uint32_t flags, uint32_t path, uint32_t length, uint32_t out);
WASI(path_filestat_set_times) int path_filestat_set_times(int dir, uint32_t flags, uint32_t path, uint32_t length, uint64_t atime, uint64_t mtime, uint32_t which);
WASI(path_link) int path_link(int from, uint32_t flags, uint32_t old, uint32_t old_length, int to, uint32_t path, uint32_t length);
WASI(path_open) int path_open(int dir, uint32_t lookup, uint32_t path, uint32_t length, uint32_t oflags, uint64_t rights, uint64_t inheriting, uint32_t fdflags, uint32_t fd);
WASI(path_readlink) int path_readlink(int dir, uint32_t path, uint32_t length, uint32_t buffer, uint32_t size, uint32_t used);
WASI(path_remove_directory) int path_remove_directory(int dir, uint32_t path, uint32_t length);
WASI(path_rename) int path_rename(int from, uint32_t old, uint32_t old_length, int to, uint32_t path, uint32_t length);
WASI(path_symlink) int path_symlink(uint32_t target, uint32_t target_length, int dir, uint32_t path, uint32_t length);
WASI(path_unlink_file) int path_unlink_file(int dir, uint32_t path, uint32_t length);
WASI(poll_oneoff) int poll_oneoff(uint32_t in, uint32_t out, uint32_t count, uint32_t events);
WASI(proc_exit) _Noreturn void proc_exit(int code);
WASI(random_get) int random_get(uint32_t buffer, uint32_t length);

enum { OK = 0, FAULT = 21, READ = 2, WRITE = 64, CREATE = 1, DIRECTORY = 3 };

/* Above 2 GiB, and the last bytes of the memory, whose end is told by its size. */
static const uint32_t HIGH = 0x90000000u, NAME = 0x90010000u, OTHER = 0x90020000u, OUT = 0x90030000u, TEXT = 0x90040000u, DATA = 0x98000000u;
static uint32_t end;
static int failures;

static char *at(uint32_t address) {
  return (char *)address;
}

static uint32_t *word(uint32_t address) {
  return (uint32_t *)address;
}

static uint32_t put(uint32_t address, const char *text) {
  uint32_t length = 0;
  for (; text[length]; length++) at(address)[length] = text[length];
  return length;
}

static void say(const char *text) {
  word(HIGH)[0] = TEXT;
  word(HIGH)[1] = put(TEXT, text);
  fd_write(1, HIGH, 1, OUT);
}

static void expect(const char *what, int wanted, int result) {
  if (result == wanted) return;
  failures++;
  char digits[] = ": 000\n";
  for (int i = 4, left = result; i > 1; i--, left /= 10) digits[i] = (char)('0' + left % 10);
  say(what);
  say(digits);
}

static void vector(uint32_t base, uint32_t length) {
  word(HIGH)[0] = base;
  word(HIGH)[1] = length;
}

/* Everything that a run does with pointers, all of them high. */
static void all_high(void) {
  expect("args_sizes_get", OK, args_sizes_get(OUT, OUT + 4));
  expect("args_get", OK, args_get(HIGH, TEXT));
  expect("args_get: pointers", 0, word(HIGH)[0] != TEXT);
  expect("args_get: text", 0, at(TEXT)[0] != 'h' || at(word(HIGH)[1])[0] != 'x');
  expect("environ_sizes_get", OK, environ_sizes_get(OUT, OUT + 4));
  expect("environ_get", OK, environ_get(HIGH, TEXT));
  expect("clock_res_get", OK, clock_res_get(1, OUT));
  expect("clock_time_get", OK, clock_time_get(0, 0, OUT));
  expect("clock_time_get: value", 0, word(OUT)[1] == 0);
  expect("random_get", OK, random_get(DATA, 100000));
  expect("fd_prestat_get", OK, fd_prestat_get(DIRECTORY, OUT));
  expect("fd_prestat_dir_name", OK, fd_prestat_dir_name(DIRECTORY, TEXT, word(OUT)[1]));
  expect("fd_prestat_dir_name: text", '.', at(TEXT)[0]);
}

static void files_high(void) {
  uint32_t name = put(NAME, "high.txt"), other = put(OTHER, "other.txt");
  expect("path_open", OK, path_open(DIRECTORY, 0, NAME, name, CREATE, READ | WRITE, 0, 0, OUT));
  int fd = (int)word(OUT)[0];
  for (uint32_t i = 0; i < 200000; i++) at(DATA)[i] = (char)(i % 251);
  vector(DATA, 200000);
  expect("fd_write", OK, fd_write(fd, HIGH, 1, OUT));
  expect("fd_write: count", 0, word(OUT)[0] != 200000);
  expect("fd_seek", OK, fd_seek(fd, 0, 0, OUT));
  vector(DATA + 0x1000000, 200000);
  expect("fd_read", OK, fd_read(fd, HIGH, 1, OUT));
  int differs = 0;
  for (uint32_t i = 0; i < 200000; i++) differs |= at(DATA)[i] != at(DATA + 0x1000000)[i];
  expect("fd_read: bytes", 0, differs);
  expect("fd_tell", OK, fd_tell(fd, OUT));
  vector(DATA, 10);
  expect("fd_pwrite", OK, fd_pwrite(fd, HIGH, 1, 5, OUT));
  expect("fd_pread", OK, fd_pread(fd, HIGH, 1, 5, OUT));
  expect("fd_fdstat_get", OK, fd_fdstat_get(fd, OUT));
  expect("fd_filestat_get", OK, fd_filestat_get(fd, OUT));
  expect("fd_filestat_get: size", 0, word(OUT)[8] != 200000);
  expect("fd_close", OK, fd_close(fd));
  expect("path_filestat_get", OK, path_filestat_get(DIRECTORY, 0, NAME, name, OUT));
  expect("path_filestat_set_times", OK, path_filestat_set_times(DIRECTORY, 0, NAME, name, 1, 1, 5));
  expect("path_link", OK, path_link(DIRECTORY, 0, NAME, name, DIRECTORY, OTHER, other));
  expect("path_unlink_file", OK, path_unlink_file(DIRECTORY, OTHER, other));
  expect("path_symlink", OK, path_symlink(NAME, name, DIRECTORY, OTHER, other));
  expect("path_readlink", OK, path_readlink(DIRECTORY, OTHER, other, TEXT, 100, OUT));
  expect("path_readlink: text", 0, word(OUT)[0] != name || at(TEXT)[0] != 'h');
  expect("path_rename", OK, path_rename(DIRECTORY, NAME, name, DIRECTORY, OTHER, other));
  expect("path_unlink_file", OK, path_unlink_file(DIRECTORY, OTHER, other));
  expect("path_create_directory", OK, path_create_directory(DIRECTORY, NAME, name));
  expect("fd_readdir", OK, fd_readdir(DIRECTORY, TEXT, 4096, 0, OUT));
  expect("path_remove_directory", OK, path_remove_directory(DIRECTORY, NAME, name));
}

static void poll_high(void) {
  for (int i = 0; i < 12; i++) word(HIGH)[i] = 0;
  word(HIGH)[0] = 77;
  word(HIGH)[4] = 1;
  word(HIGH)[6] = 1000000;
  expect("poll_oneoff", OK, poll_oneoff(HIGH, TEXT, 1, OUT));
  expect("poll_oneoff: event", 77, (int)word(TEXT)[0]);
}

/* What ends beyond the memory is refused, also where the sum of pointer and length is small in 32 bits; the memory's last bytes are not. */
static void edges(void) {
  uint32_t last = end - 8;
  uint32_t name = put(NAME, "edge.txt");
  expect("random_get to the end", OK, random_get(last, 8));
  expect("random_get over the end", FAULT, random_get(last, 9));
  expect("random_get around 4 GiB", FAULT, random_get(HIGH, 0x80000000u));
  expect("clock_time_get at the end", OK, clock_time_get(1, 0, last));
  expect("clock_time_get over the end", FAULT, clock_time_get(1, 0, last + 1));
  expect("fd_filestat_get over the end", FAULT, fd_filestat_get(DIRECTORY, end - 63));
  expect("args_get over the end", FAULT, args_get(end - 4, TEXT));
  expect("path_open, a path over the end", FAULT, path_open(DIRECTORY, 0, last, 9, 0, READ, 0, 0, OUT));
  expect("path_open, a path around 4 GiB", FAULT, path_open(DIRECTORY, 0, 0xfffffff0u, 0x20, 0, READ, 0, 0, OUT));
  expect("path_open, a result over the end", FAULT, path_open(DIRECTORY, 0, NAME, name, CREATE, READ | WRITE, 0, 0, end - 3));
  expect("path_open", OK, path_open(DIRECTORY, 0, NAME, name, CREATE, READ | WRITE, 0, 0, OUT));
  int fd = (int)word(OUT)[0];
  vector(last, 8);
  expect("fd_write from the end", OK, fd_write(fd, HIGH, 1, OUT));
  vector(last, 9);
  expect("fd_write over the end", FAULT, fd_write(fd, HIGH, 1, OUT));
  vector(0xfffffff8u, 16);
  expect("fd_write around 4 GiB", FAULT, fd_write(fd, HIGH, 1, OUT));
  expect("fd_read around 4 GiB", FAULT, fd_read(fd, HIGH, 1, OUT));
  expect("fd_write, many vectors", FAULT, fd_write(fd, HIGH, 0x20000001u, OUT));
  expect("fd_write, vectors over the end", FAULT, fd_write(fd, last, 2, OUT));
  expect("fd_write, a count over the end", FAULT, fd_write(fd, HIGH, 0, end - 3));
  expect("poll_oneoff, events over the end", FAULT, poll_oneoff(HIGH, end - 31, 1, OUT));
  expect("fd_readdir over the end", FAULT, fd_readdir(DIRECTORY, last, 9, 0, OUT));
  expect("fd_close", OK, fd_close(fd));
  expect("path_unlink_file", OK, path_unlink_file(DIRECTORY, NAME, name));
}

void _start(void) {
  uint32_t pages = (uint32_t)__builtin_wasm_memory_size(0);
  end = pages << 16;
  all_high();
  files_high();
  poll_high();
  edges();
  if (__builtin_wasm_memory_grow(0, 65535 - pages) == pages) {
    end = 65535u << 16;
    edges();
    say("grown\n");
  }
  say(failures ? "failed\n" : "ok\n");
  proc_exit(failures ? 1 : 0);
}
