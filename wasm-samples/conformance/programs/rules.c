#include "rules.h"

static struct rule *first, **last = &first;
static int failed_line;
static long long failed_found, failed_wanted;

void add_rule(struct rule *rule) {
  *last = rule;
  last = &rule->next;
}

int differs(int line, long long found, long long wanted) {
  failed_line = line;
  failed_found = found;
  failed_wanted = wanted;
  return 1;
}

int length(const char *text) {
  int count = 0;
  while (text[count]) count++;
  return count;
}

int equal(const void *one, const void *other, int bytes) {
  const unsigned char *a = one, *b = other;
  for (int i = 0; i < bytes; i++) {
    if (a[i] != b[i]) return 0;
  }
  return 1;
}

void fill(void *bytes, int value, int count) {
  volatile unsigned char *to = bytes;
  for (int i = 0; i < count; i++) to[i] = (unsigned char)value;
}

int write_bytes(int fd, const void *bytes, int count) {
  __wasi_ciovec_t vector = {bytes, (size_t)count};
  size_t written = 0;
  int error = fd_write(fd, &vector, 1, &written);
  return error ? -error : (int)written;
}

int read_bytes(int fd, void *bytes, int count) {
  __wasi_iovec_t vector = {bytes, (size_t)count};
  size_t taken = 0;
  int error = fd_read(fd, &vector, 1, &taken);
  return error ? -error : (int)taken;
}

void print(const char *text) { write_bytes(1, text, length(text)); }

static void print_number(long long value) {
  char digits[24];
  int at = sizeof digits - 1;
  unsigned long long rest = value < 0 ? 0ull - (unsigned long long)value : (unsigned long long)value;
  digits[at] = 0;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) digits[--at] = '-';
  print(digits + at);
}

static int open_as(int dir, int lookup, const char *path, int oflags, int64_t rights, int fdflags) {
  int fd = -1;
  int error = path_open(dir, lookup, path, length(path), oflags, rights, rights, fdflags, &fd);
  return error ? -error : fd;
}

int open_at(int dir, const char *path, int oflags, int64_t rights, int fdflags) {
  return open_as(dir, FOLLOW, path, oflags, rights, fdflags);
}

int open_nofollow(int dir, const char *path, int oflags, int64_t rights, int fdflags) {
  return open_as(dir, 0, path, oflags, rights, fdflags);
}

int make_file(int dir, const char *path, const char *content) {
  int fd = open_at(dir, path, CREAT | TRUNC, READ_WRITE, 0);
  if (fd < 0) return -fd;
  int written = write_bytes(fd, content, length(content));
  int error = fd_close(fd);
  return written < 0 ? -written : error;
}

int64_t seek(int fd, int64_t offset, int whence) {
  uint64_t position = 0;
  int error = fd_seek(fd, offset, whence, &position);
  return error ? -(int64_t)error : (int64_t)position;
}

int64_t size_at(int dir, const char *path) {
  __wasi_filestat_t stat;
  int error = path_filestat_get(dir, FOLLOW, path, length(path), &stat);
  return error ? -(int64_t)error : (int64_t)stat.size;
}

int lstat_at(int dir, const char *path, __wasi_filestat_t *stat) {
  return path_filestat_get(dir, 0, path, length(path), stat);
}

int has_content(int dir, const char *path, const char *content) {
  char found[512];
  int fd = open_at(dir, path, 0, R(FD_READ), 0);
  if (fd < 0) return 0;
  int count = read_bytes(fd, found, sizeof found);
  fd_close(fd);
  return count == length(content) && equal(found, content, count);
}

int64_t now(int clock) {
  uint64_t time = 0;
  return clock_time_get(clock, 1, &time) ? -1 : (int64_t)time;
}

/* The directory that the runner gives is the last preopen. */
static int scratch(void) {
  int fd = 3;
  __wasi_prestat_t prestat;
  while (fd_prestat_get(fd, &prestat) == 0) fd++;
  return fd - 1;
}

static int run(int top, struct rule *rule) {
  int error = path_create_directory(top, P(rule->id));
  if (error) return differs(0, error, 0);
  int dir = open_at(top, rule->id, DIRECTORY, WALK, 0);
  if (dir < 0) return differs(0, dir, 0);
  int failed = rule->check(dir);
  fd_close(dir);
  return failed;
}

extern void __wasm_call_ctors(void);

__attribute__((export_name("_start"))) void start(void) {
  __wasm_call_ctors();
  int top = scratch(), failures = 0;
  for (struct rule *rule = first; rule; rule = rule->next) {
    int failed = run(top, rule);
    failures += failed;
    print(failed ? "not ok " : "ok ");
    print(rule->id);
    if (failed) {
      print(" line ");
      print_number(failed_line);
      print(": found ");
      print_number(failed_found);
      print(", not ");
      print_number(failed_wanted);
    }
    print("\n");
  }
  proc_exit(failures ? 1 : 0);
}
