/* Threads without a libc, which Debian has only for one thread: wasi-threads, a mutex, joining, and a few calls of preview 1.
   Include in one file of a program that is built with the toolchain c-threads. */
#ifndef SAMPLES_THREADS_H
#define SAMPLES_THREADS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* A function that not every program uses. */
#define SOMETIMES __attribute__((unused)) static
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

struct iovec { void *base; size_t length; };

WASI(args_get) int args_get(char **argv, char *buffer);
WASI(args_sizes_get) int args_sizes_get(size_t *count, size_t *size);
WASI(clock_time_get) int clock_time_get(uint32_t clock, uint64_t precision, uint64_t *time);
WASI(fd_close) int fd_close(int fd);
WASI(fd_read) int fd_read(int fd, const struct iovec *vectors, size_t count, size_t *read);
WASI(fd_renumber) int fd_renumber(int from, int to);
WASI(fd_write) int fd_write(int fd, const struct iovec *vectors, size_t count, size_t *written);
WASI(path_open) int path_open(int dir, uint32_t lookup, const char *path, size_t length, uint32_t oflags, uint64_t rights, uint64_t inheriting, uint32_t fdflags, int *fd);
WASI(path_unlink_file) int path_unlink_file(int dir, const char *path, size_t length);
WASI(poll_oneoff) int poll_oneoff(const void *in, void *out, size_t count, size_t *events);
WASI(proc_exit) _Noreturn void proc_exit(int code);
WASI(random_get) int random_get(void *buffer, size_t length);
WASI(sched_yield) int sched_yield(void);

/* A tid, or less than 0. */
__attribute__((import_module("wasi"), import_name("thread-spawn"))) int thread_spawn(void *start);

enum { STACK_SIZE = 32768, TLS_SIZE = 256, ARGUMENTS = 16 };

struct thread {
  /* Both are read by thread-start.S. */
  char *stack_top;
  char *tls;
  void (*run)(struct thread *self);
  int number;
  /* 0 while it runs. */
  int done;
  int tid;
  char *stack[STACK_SIZE / sizeof(char *)] __attribute__((aligned(16)));
  char block[TLS_SIZE] __attribute__((aligned(16)));
};

/* Sleeps while *word is `seen`, or for no reason. A function of its own: V8 11 (node 20) loses a local variable over the instruction. */
__attribute__((noinline)) void sleep_on(int *word, int seen) {
  __builtin_wasm_memory_atomic_wait32(word, seen, -1);
}

void thread_main(int tid, struct thread *self) {
  self->tid = tid;
  self->run(self);
  __atomic_store_n(&self->done, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&self->done, 1);
}

/* The tid, or less than 0. `self` stays until it is joined. */
static int thread_start(struct thread *self, int number, void (*run)(struct thread *)) {
  self->stack_top = (char *)self->stack + STACK_SIZE;
  self->tls = self->block;
  self->run = run;
  self->number = number;
  self->done = 0;
  return thread_spawn(self);
}

SOMETIMES void thread_join(struct thread *self) {
  while (!__atomic_load_n(&self->done, __ATOMIC_SEQ_CST)) sleep_on(&self->done, 0);
}

/* 0 free, 1 taken, 2 taken and waited for. */
typedef int mutex;

SOMETIMES void mutex_lock(mutex *word) {
  int seen = 0;
  if (__atomic_compare_exchange_n(word, &seen, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return;
  while (__atomic_exchange_n(word, 2, __ATOMIC_SEQ_CST) != 0) sleep_on(word, 2);
}

SOMETIMES void mutex_unlock(mutex *word) {
  if (__atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST) == 2) __builtin_wasm_memory_atomic_notify(word, 1);
}

SOMETIMES size_t text_length(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

SOMETIMES int text_is(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

SOMETIMES unsigned number_of(const char *text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (unsigned)(*text - '0');
  return value;
}

/* %d and %s only; at most 255 bytes. */
static size_t format(char *line, const char *pattern, va_list arguments) {
  size_t at = 0;
  for (; *pattern && at < 240; pattern++) {
    if (*pattern != '%') {
      line[at++] = *pattern;
      continue;
    }
    if (*++pattern == 's') {
      for (const char *text = va_arg(arguments, const char *); *text && at < 240; text++) line[at++] = *text;
      continue;
    }
    int value = va_arg(arguments, int);
    unsigned left = value < 0 ? 0u - (unsigned)value : (unsigned)value;
    char digits[10];
    int count = 0;
    do digits[count++] = (char)('0' + left % 10); while (left /= 10);
    if (value < 0) line[at++] = '-';
    while (count > 0) line[at++] = digits[--count];
  }
  return at;
}

/* In one write, so that lines of threads do not mix. Returns the errno. */
static int print_to(int fd, const char *pattern, ...) {
  char line[256];
  va_list arguments;
  va_start(arguments, pattern);
  struct iovec vector = {line, format(line, pattern, arguments)};
  va_end(arguments);
  size_t written;
  return fd_write(fd, &vector, 1, &written);
}

#define print(...) print_to(1, __VA_ARGS__)

/* Arguments without the program's name; the count. */
SOMETIMES int arguments(char **argv) {
  static char text[4096];
  static char *all[ARGUMENTS + 1];
  size_t count, size;
  if (args_sizes_get(&count, &size) != 0 || count > ARGUMENTS || size > sizeof text || args_get(all, text) != 0) proc_exit(2);
  for (size_t i = 1; i < count; i++) argv[i - 1] = all[i];
  return (int)count - 1;
}

#endif
