/* thread-bus MODE: messages in a process with threads; src/testing/host-threads.test.ts. Prints what went wrong, ends with how much. */
#include "../common/threads.h"

#define ASTRID(name) __attribute__((import_module("astrid"), import_name(#name))) extern int name
typedef const char *text;

ASTRID(astrid_publish)(text subject, size_t length, const void *payload, size_t size, const void *options);
ASTRID(astrid_subscribe)(text pattern, size_t length, const void *options, int *handle);
ASTRID(astrid_request)(text subject, size_t length, const void *payload, size_t size, int64_t deadline, int *handle);
ASTRID(astrid_reply)(const void *message, const void *payload, size_t size);

enum { THREADS = 3, EACH = 200, RAW = 0x55, BADF = 8 };
#define T(text) (text), sizeof(text) - 1

static struct thread threads[THREADS];
static int handle;
static int failures;
/* How many threads are about to wait. */
static int ready, closed;
static int total, sum;

static void expect(int is_so, const char *what, int number) {
  if (is_so) return;
  __atomic_fetch_add(&failures, 1, __ATOMIC_SEQ_CST);
  print_to(2, "%s: %d\n", what, number);
}

/* A payload of a thread's number and a count. */
struct message { unsigned char raw, thread; unsigned char low, high; };
struct frame { uint32_t size; unsigned char version, flags; uint16_t subject; uint32_t source; uint16_t type, zero; uint64_t id, time; uint32_t reply[2], length, lost; unsigned char rest[1024]; };

static int publish(int thread, int count) {
  struct message payload = {RAW, (unsigned char)thread, (unsigned char)count, (unsigned char)(count >> 8)};
  return astrid_publish(T("t.x"), &payload, sizeof payload, 0);
}

static int take(int from, struct frame *frame) {
  struct iovec vector = {frame, sizeof *frame};
  size_t count;
  return fd_read(from, &vector, 1, &count);
}

static struct message payload_of(const struct frame *frame) {
  struct message payload;
  __builtin_memcpy(&payload, frame->rest + frame->subject + frame->type, sizeof payload);
  return payload;
}

static void subscribe(void) {
  /* Publishers wait. */
  const uint32_t options[6] = {0, 1, 4096, 0, 0, 0};
  int error = astrid_subscribe(T("t.x"), options, &handle);
  expect(error == 0, "subscribe", error);
}

static void start(void (*run)(struct thread *)) {
  for (int i = 0; i < THREADS; i++) expect(thread_start(&threads[i], i, run) > 0, "not started", i);
}

static void join(void) {
  for (int i = 0; i < THREADS; i++) thread_join(&threads[i]);
}

static void publishing(struct thread *self) {
  for (int i = 0; i < EACH; i++) {
    int error = publish(self->number, i);
    expect(error == 0, "publish", error);
  }
}

/* All publish, the first reads: each one's messages are in its order, none is lost. */
static void write_together(void) {
  static struct frame frame;
  int next[THREADS] = {0};
  subscribe();
  start(publishing);
  for (int i = 0; i < THREADS * EACH; i++) {
    int error = take(handle, &frame);
    expect(error == 0 && frame.lost == 0, "read", error);
    struct message got = payload_of(&frame);
    expect(got.thread < THREADS && next[got.thread]++ == (got.low | got.high << 8), "order", got.thread);
  }
  join();
}

static void reading(struct thread *self) {
  struct frame frame;
  (void)self;
  for (;;) {
    int error = take(handle, &frame);
    expect(error == 0, "read", error);
    struct message got = payload_of(&frame);
    if (error != 0 || got.thread == 99) return;
    __atomic_fetch_add(&total, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&sum, got.low | got.high << 8, __ATOMIC_SEQ_CST);
  }
}

/* The first publishes, all others read the same handle: each message is read once. */
static void read_together(void) {
  subscribe();
  start(reading);
  for (int i = 0; i < THREADS * EACH; i++) expect(publish(0, i) == 0, "publish", i);
  for (int i = 0; i < THREADS; i++) publish(99, 0);
  join();
  expect(total == THREADS * EACH && sum == total * (total - 1) / 2, "sum", sum);
}

static void waiting(struct thread *self) {
  struct frame frame;
  if (self->number != 0) return;
  __atomic_store_n(&ready, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&ready, 1);
  int error = take(handle, &frame);
  /* It was closed before the call, or during it. */
  expect(error == 0 || error == BADF, "read", error);
  /* The message may have been read before the close: a call that began then would wait for another one. */
  while (!__atomic_load_n(&closed, __ATOMIC_SEQ_CST)) sleep_on(&closed, 0);
  error = take(handle, &frame);
  expect(error == BADF, "read again", error);
}

/* A handle that is closed while another thread waits: that call goes on to its end, the next one finds it closed. */
static void close_while_waiting(void) {
  subscribe();
  start(waiting);
  while (!__atomic_load_n(&ready, __ATOMIC_SEQ_CST)) sleep_on(&ready, 0);
  for (int i = 0; i < 1000; i++) sched_yield();
  expect(publish(0, 1) == 0, "publish", 0);
  expect(fd_close(handle) == 0, "close", handle);
  __atomic_store_n(&closed, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&closed, 1);
  join();
}

static void asking(struct thread *self) {
  struct frame frame;
  struct message payload = {RAW, (unsigned char)self->number, 7, 0};
  int answer, error = astrid_request(T("t.x"), &payload, sizeof payload, 20000000000, &answer);
  expect(error == 0, "request", error);
  if (error != 0) return;
  error = take(answer, &frame);
  expect(error == 0 && payload_of(&frame).thread == self->number + 100, "answer", error);
  fd_close(answer);
}

/* All ask, the first answers: each gets its own reply. */
static void ask_together(void) {
  static struct frame frame;
  subscribe();
  start(asking);
  for (int i = 0; i < THREADS; i++) {
    int error = take(handle, &frame);
    expect(error == 0, "read", error);
    struct message payload = payload_of(&frame);
    payload.thread += 100;
    error = astrid_reply(&frame, &payload, sizeof payload);
    expect(error == 0, "reply", error);
  }
  join();
}

/* Of a type that is checked: what is published is a copy of the shared memory. */
static void typed(void) {
  int error = astrid_publish(T("user.input"), T("\x80\x04{\"text\":\"hi\"}"), 0);
  expect(error == 0, "publish", error);
  error = astrid_publish(T("user.input"), T("\x80\x04{\"txt\":\"hi\"}"), 0);
  expect(error == 28, "publish another shape", error);
}

void _start(void) {
  char *argv[ARGUMENTS];
  const char *mode = arguments(argv) > 0 ? argv[0] : "";
  if (text_is(mode, "write")) write_together();
  else if (text_is(mode, "read")) read_together();
  else if (text_is(mode, "close")) close_while_waiting();
  else if (text_is(mode, "ask")) ask_together();
  else if (text_is(mode, "typed")) typed();
  else proc_exit(2);
  proc_exit(failures == 0 ? 0 : 1);
}
