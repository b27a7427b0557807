/* thread-guest MODE [NUMBER…]: what tests want of threads; they are in src/testing/threads.test.ts. */
#include "../common/threads.h"

enum { MOST = 40, CREATE = 1, TRUNCATE = 8, APPEND = 1, READ = 2, WRITE = 64, BADF = 8 };

static struct thread threads[MOST];
static int numbers[4];
static int failures;
/* 0 until the threads may go on. */
static int gate;

static void pass(void) {
  __atomic_store_n(&gate, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&gate, MOST);
}

static void wait_for_gate(void) {
  while (!__atomic_load_n(&gate, __ATOMIC_SEQ_CST)) sleep_on(&gate, 0);
}

static void expect(int true_, const char *what, int number) {
  if (true_) return;
  __atomic_fetch_add(&failures, 1, __ATOMIC_SEQ_CST);
  print_to(2, "%s: %d\n", what, number);
}

/* Starts `count`; how many were started. */
static int start_all(int count, void (*run)(struct thread *)) {
  int started = 0;
  while (started < count && thread_start(&threads[started], started, run) > 0) started++;
  return started;
}

static void all(int count, void (*run)(struct thread *)) {
  expect(start_all(count, run) == count, "not started", count);
  for (int i = 0; i < count; i++) thread_join(&threads[i]);
}

static int open_file(const char *name, uint32_t oflags, uint32_t fdflags) {
  int fd;
  int error = path_open(3, 0, name, text_length(name), oflags, READ | WRITE, 0, fdflags, &fd);
  return error ? -error : fd;
}

static int read_some(int fd, char *buffer, size_t length) {
  struct iovec vector = {buffer, length};
  size_t count;
  int error = fd_read(fd, &vector, 1, &count);
  return error ? -error : (int)count;
}

static void sleep_for(uint64_t milliseconds) {
  uint64_t subscription[6] = {0, 0, 1, milliseconds * 1000000, 0, 0};
  uint64_t event[4];
  size_t count = 0;
  expect(poll_oneoff(subscription, event, 1, &count) == 0 && count == 1, "poll", (int)count);
}

static void trapping(struct thread *self) {
  (void)self;
  __builtin_trap();
}

static void exiting(struct thread *self) {
  (void)self;
  proc_exit(numbers[0]);
}

static void spinning(struct thread *self) {
  static volatile int turns;
  print("spinning %d\n", self->number);
  for (;;) turns++;
}

static void waiting(struct thread *self) {
  (void)self;
  wait_for_gate();
}

static void reading(struct thread *self) {
  char byte;
  (void)self;
  print("reading\n");
  print("read %d\n", read_some(0, &byte, 1));
}

static void appending(struct thread *self) {
  int fd = open_file("log", 0, APPEND);
  for (int i = 0; i < numbers[1]; i++) {
    expect(print_to(fd, "thread %d wrote line %d of its own\n", self->number, i) == 0, "write", i);
  }
  expect(fd_close(fd) == 0, "close", fd);
}

/* All use one descriptor. */
static void sharing(struct thread *self) {
  for (int i = 0; i < numbers[1]; i++) expect(print_to(gate, "thread %d wrote line %d of its own\n", self->number, i) == 0, "write", i);
}

static void printing(struct thread *self) {
  for (int i = 0; i < numbers[1]; i++) expect(print("thread %d says %d\n", self->number, i) == 0, "print", i);
}

static unsigned next_of(unsigned *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 16;
}

/* Opens, writes, moves and closes descriptors that the other threads have too: any may have gone, and nothing worse may happen. */
static void churning(struct thread *self) {
  unsigned seed = (unsigned)(numbers[2] * 1000 + self->number);
  char buffer[64];
  for (int i = 0; i < numbers[1]; i++) {
    char name[2] = {(char)('a' + next_of(&seed) % 8), 0};
    int other = 10 + (int)(next_of(&seed) % 40);
    int fd = open_file(name, CREATE | (next_of(&seed) % 4 == 0 ? TRUNCATE : 0), 0);
    expect(fd > 3, "open", fd);
    int error = print_to(fd, "%d", i);
    expect(error == 0 || error == BADF, "write", error);
    error = print_to(other, "%d", i);
    expect(error == 0 || error == BADF, "write to another", error);
    int count = read_some(other, buffer, sizeof buffer);
    expect(count >= 0 || count == -BADF, "read", count);
    if (next_of(&seed) % 8 == 0) path_unlink_file(3, name, 1);
    if (next_of(&seed) % 4 == 0) {
      error = fd_renumber(fd, other);
      expect(error == 0 || error == BADF, "renumber", error);
    }
    error = fd_close(next_of(&seed) % 2 == 0 ? fd : other);
    expect(error == 0 || error == BADF, "close", error);
  }
}

static void sleeping(struct thread *self) {
  (void)self;
  uint64_t before, after;
  clock_time_get(1, 0, &before);
  sleep_for((uint64_t)numbers[1]);
  clock_time_get(1, 0, &after);
  expect(after - before >= (uint64_t)numbers[1] * 1000000, "slept too little", self->number);
}

/* A thread that is started by a thread, and so on. */
static void starting(struct thread *self) {
  if (self->number + 1 >= numbers[0]) return;
  struct thread *next = &threads[self->number + 1];
  expect(thread_start(next, self->number + 1, starting) > 0, "not started", self->number + 1);
  thread_join(next);
  expect(next->tid > 0 && next->tid < 0x20000000 && next->tid != self->tid, "tid", next->tid);
}

static void limited(void) {
  int result = 0;
  int started = 0;
  while (started < MOST && (result = thread_start(&threads[started], started, waiting)) > 0) started++;
  print("%d threads, then %d\n", started, result);
  pass();
  for (int i = 0; i < started; i++) thread_join(&threads[i]);
  all(1, waiting);
  print("one more\n");
}

/* A thread is at work in memory that another one made. */
static void touching(struct thread *self) {
  wait_for_gate();
  char *page = (char *)((uintptr_t)numbers[3] * 65536) + self->number * 8192;
  static const char text[] = "from the new page\n";
  for (size_t i = 0; i < sizeof text; i++) page[i] = text[i];
  struct iovec vector = {page, sizeof text - 1};
  size_t written;
  expect(fd_write(1, &vector, 1, &written) == 0, "write from grown memory", self->number);
  expect(random_get(page, 64) == 0, "random", self->number);
}

static void growing(void) {
  expect(start_all(4, touching) == 4, "not started", 4);
  numbers[3] = (int)__builtin_wasm_memory_grow(0, 4);
  pass();
  for (int i = 0; i < 4; i++) thread_join(&threads[i]);
}

static void closing(void) {
  char byte;
  expect(start_all(1, reading) == 1, "not started", 1);
  sleep_for(100);
  expect(fd_close(0) == 0, "close", 0);
  print("closed, then %d\n", read_some(0, &byte, 1));
  thread_join(&threads[0]);
}

static _Noreturn void forever(void) {
  for (;;) sleep_for(1000);
}

static int log_file(void) {
  return open_file("log", CREATE | TRUNCATE, APPEND);
}

void _start(void) {
  char *argv[ARGUMENTS];
  int argc = arguments(argv);
  for (int i = 1; i < argc && i < 5; i++) numbers[i - 1] = (int)number_of(argv[i]);
  int count = numbers[0];
  const char *mode = argc > 0 ? argv[0] : "";
  if (text_is(mode, "trap")) { all(1, trapping); forever(); }
  else if (text_is(mode, "exit")) { start_all(1, exiting); forever(); }
  else if (text_is(mode, "exit-while-reading")) { start_all(3, reading); sleep_for(100); thread_start(&threads[3], 3, exiting); forever(); }
  else if (text_is(mode, "return")) { start_all(count, spinning); sleep_for(100); print("main returns\n"); return; }
  else if (text_is(mode, "spin")) { start_all(count, spinning); forever(); }
  else if (text_is(mode, "limit")) limited();
  else if (text_is(mode, "append")) { fd_close(log_file()); all(count, appending); }
  else if (text_is(mode, "share")) { gate = log_file(); all(count, sharing); }
  else if (text_is(mode, "print")) all(count, printing);
  else if (text_is(mode, "churn")) all(count, churning);
  else if (text_is(mode, "sleep")) all(count, sleeping);
  else if (text_is(mode, "chain")) { threads[0].tid = 0; thread_start(&threads[0], 0, starting); thread_join(&threads[0]); }
  else if (text_is(mode, "close")) closing();
  else if (text_is(mode, "grow")) growing();
  else if (text_is(mode, "rounds")) for (int i = 0; i < numbers[1]; i++) { gate = 1; all(count, waiting); }
  else proc_exit(2);
  print(failures ? "failed\n" : "ok\n");
  proc_exit(failures ? 1 : 0);
}
