/* echo-server [--once]: sends back what each of its callers sends, any number of them at a time, in one loop that never waits
   for one of them alone. Its listening sockets are descriptors from 3 on; LISTEN_FDS says how many. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST = 3, CALLERS_MAX = 64, BUFFER = 16384 };

/* What was received and not sent back yet: `length` bytes from `start`. */
struct caller {
  size_t start, length;
  int number;
  int ended;
  char bytes[BUFFER];
};

static struct caller callers[CALLERS_MAX];
static struct pollfd polled[CALLERS_MAX + 16];
static int listeners, count, accepted;

static int fail(const char *what) {
  fprintf(stderr, "echo-server: %s: %s\n", what, strerror(errno));
  return 1;
}

static struct pollfd *of(int place) { return &polled[listeners + place]; }

static int accept_all(int fd) {
  while (count < CALLERS_MAX) {
    int caller = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
    if (caller < 0) return errno == EAGAIN ? 0 : fail("accept");
    *of(count) = (struct pollfd){.fd = caller};
    callers[count].start = callers[count].length = 0;
    callers[count].ended = 0;
    callers[count++].number = ++accepted;
    printf("%d came\n", accepted);
  }
  return 0;
}

/* Returns 0 when the caller is done with. */
static int serve(int fd, struct caller *caller) {
  if (caller->length == 0 && !caller->ended) {
    ssize_t got = recv(fd, caller->bytes, BUFFER, 0);
    if (got < 0) return errno == EAGAIN;
    caller->ended = got == 0;
    caller->start = 0;
    caller->length = (size_t)got;
  }
  if (caller->length > 0) {
    ssize_t sent = send(fd, caller->bytes + caller->start, caller->length, 0);
    if (sent < 0) return errno == EAGAIN;
    caller->start += (size_t)sent;
    caller->length -= (size_t)sent;
  }
  return !caller->ended;
}

static void leave(int place) {
  printf("%d left\n", callers[place].number);
  close(of(place)->fd);
  count--;
  if (place == count) return;
  *of(place) = *of(count);
  callers[place] = callers[count];
}

static int open_listeners(void) {
  const char *given = getenv("LISTEN_FDS");
  listeners = given ? atoi(given) : 0;
  if (listeners < 1 || listeners > 16) {
    fputs("echo-server: it needs a socket to listen on, as descriptor 3, and LISTEN_FDS=1\n", stderr);
    return 2;
  }
  for (int i = 0; i < listeners; i++) {
    polled[i].fd = FIRST + i;
    if (fcntl(FIRST + i, F_SETFL, O_NONBLOCK) < 0) return fail("fcntl");
  }
  return 0;
}

/* Once around: waits until something can be done, and does it. */
static int turn(void) {
  for (int i = 0; i < listeners; i++) polled[i].events = count < CALLERS_MAX ? POLLRDNORM : 0;
  for (int i = 0; i < count; i++) of(i)->events = callers[i].length > 0 ? POLLWRNORM : POLLRDNORM;
  if (poll(polled, (nfds_t)(listeners + count), -1) < 0) return fail("poll");
  for (int i = count - 1; i >= 0; i--) {
    if (of(i)->revents && !serve(of(i)->fd, &callers[i])) leave(i);
  }
  for (int i = 0; i < listeners; i++) {
    if (polled[i].revents && accept_all(FIRST + i)) return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  int once = argc == 2 && strcmp(argv[1], "--once") == 0;
  if (argc > 1 && !once) {
    fputs("usage: echo-server [--once]\n", stderr);
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  int status = open_listeners();
  if (status == 0) puts("ready");
  while (status == 0 && !(once && accepted > 0 && count == 0)) status = turn();
  return status;
}
