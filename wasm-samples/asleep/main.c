/* asleep WHAT [ARGUMENT]: a process whose three threads wait for the same thing; src/testing/revocation-asleep.test.ts. See README.md. */
#include "../common/threads.h"

typedef const char *text;
#define ASTRID(name) __attribute__((import_module("astrid"), import_name(#name))) extern int name

ASTRID(astrid_publish)(text subject, size_t length, const void *payload, size_t size, const void *options);
ASTRID(astrid_subscribe)(text pattern, size_t length, const void *options, int *handle);
ASTRID(astrid_request)(text subject, size_t length, const void *payload, size_t size, int64_t deadline, int *handle);
ASTRID(astrid_http_request)(text request, size_t length, int *handle);
WASI(fd_fdstat_set_flags) int fd_fdstat_set_flags(int fd, uint32_t flags);
WASI(sock_accept) int sock_accept(int fd, uint32_t flags, int *accepted);

enum { READERS = 2, LISTENER = 3, DIRECTORY = 3, MESSAGE = 1000 };

static struct thread threads[READERS];
static int handle;
static text argument;
static char payload[MESSAGE] = "\x55";

/* Bytes are thrown away: what was there before is not what is waited for. */
static int read_on(void) {
  char bytes[4096];
  struct iovec vector = {bytes, sizeof bytes};
  size_t count;
  int error;
  while ((error = fd_read(handle, &vector, 1, &count)) == 0 && count > 0) {}
  return error;
}

static int accept_one(void) {
  int accepted;
  return sock_accept(LISTENER, 0, &accepted);
}

static int write_on(void) {
  struct iovec vector = {payload, sizeof payload};
  size_t count;
  int error;
  while ((error = fd_write(handle, &vector, 1, &count)) == 0) {}
  return error;
}

static int publish_on(void) {
  int error;
  while ((error = astrid_publish(argument, text_length(argument), payload, sizeof payload, 0)) == 0) {}
  return error;
}

static int ask_on(void) {
  int error, reply;
  while ((error = astrid_request(argument, text_length(argument), payload, sizeof payload, 600000000000, &reply)) == 0) {}
  return error;
}

/* What waits, and ends with the errno. */
static int (*call)(void);
static text name;

static void waiting(struct thread *self) {
  (void)self;
  int error = call();
  print("%s: %d\n", name, error);
}

static void ready(void) {
  print("ready\n");
}

static void start(text what, int (*wait)(void)) {
  name = what;
  call = wait;
  for (int i = 0; i < READERS; i++)
    if (thread_start(&threads[i], i, waiting) < 0) proc_exit(3);
}

static void join(void) {
  for (int i = 0; i < READERS; i++) thread_join(&threads[i]);
}

/* All three wait in the call. */
static void all(text what, int (*wait)(void)) {
  start(what, wait);
  waiting(&threads[0]);
  join();
}

/* Two threads wait in the call, the first for the handle to be ready: the event, or the call that follows, says why. */
static void all_and_poll(text what, int fd, int (*wait)(void)) {
  uint64_t subscription[6] = {0, 1, (uint64_t)fd, 0, 0, 0}, event[4];
  size_t count = 0;
  start(what, wait);
  for (int error = 0; error == 0;) {
    error = poll_oneoff(subscription, event, 1, &count);
    if (error == 0) error = (int)(uint16_t)event[1];
    if (error == 0 && (error = wait()) == 0) break;
    if (error != 0) print("poll: %d\n", error);
  }
  join();
}

static int opened(int error) {
  if (error != 0) print("not opened: %d\n", error);
  else ready();
  return error == 0;
}

static int connection(void) {
  int error = fd_fdstat_set_flags(LISTENER, 0);
  return error != 0 ? error : sock_accept(LISTENER, 0, &handle);
}

static int request(void) {
  static char lines[512];
  text parts[] = {"GET ", argument, " HTTP/1.1\r\n\r\n"};
  size_t used = 0;
  for (int i = 0; i < 3; i++)
    for (text part = parts[i]; *part && used < sizeof lines; part++) lines[used++] = *part;
  return astrid_http_request(lines, used, &handle);
}

void _start(void) {
  char *argv[ARGUMENTS];
  int argc = arguments(argv);
  text what = argc > 0 ? argv[0] : "";
  argument = argc > 1 ? argv[1] : "";
  size_t length = text_length(argument);
  if (text_is(what, "mailbox")) {
    if (opened(astrid_subscribe(argument, length, 0, &handle))) all_and_poll("read", handle, read_on);
  } else if (text_is(what, "reply")) {
    if (opened(astrid_request(argument, length, payload, 1, 600000000000, &handle))) all_and_poll("read", handle, read_on);
  } else if (text_is(what, "http")) {
    if (opened(request())) all_and_poll("read", handle, read_on);
  } else if (text_is(what, "file")) {
    if (opened(path_open(DIRECTORY, 0, argument, length, 0, 2, 0, 0, &handle))) all_and_poll("read", handle, read_on);
  } else if (text_is(what, "accept")) {
    if (opened(fd_fdstat_set_flags(LISTENER, 0))) all_and_poll("accept", LISTENER, accept_one);
  } else if (text_is(what, "connection")) {
    if (opened(connection())) all_and_poll("read", handle, read_on);
  } else if (text_is(what, "send")) {
    if (opened(connection())) all("write", write_on);
  } else if (text_is(what, "publish")) {
    ready();
    all("publish", publish_on);
  } else if (text_is(what, "ask")) {
    ready();
    all("ask", ask_on);
  } else {
    proc_exit(2);
  }
  proc_exit(0);
}
