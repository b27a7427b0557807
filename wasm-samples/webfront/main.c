/* webfront: a frontend for browsers. It serves a page over HTTP on the listening socket that it is given (descriptor 3), says what is posted to
   it on `user.input`, and gives what is answered on `agent.response` and `agent.stream` to whoever waits for it. One loop, which waits for nobody
   alone. */
#include "../common/receive.h"
#include "callers.h"
#include "events.h"
#include "page.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LISTENER = 3, HOLD_MS = 25000, PAYLOAD = 2 * BODY_MAX + 256 };

static char payload[PAYLOAD];
static struct room room;
static int answers, said;

static int fail(const char *what, int error) {
  fprintf(stderr, "webfront: %s: %s\n", what, astrid_errno_name(error));
  return 1;
}

static int64_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void say(struct caller *caller) {
  char id[48], answer[96];
  snprintf(id, sizeof id, "web-%u-%d", astrid_pid(), ++said);
  astrid_json json = astrid_json_begin(payload, sizeof payload);
  astrid_json_bytes(&json, "text", caller->body, caller->body_length);
  astrid_json_string(&json, "id", id);
  int error = astrid_publish_as("user.input", astrid_json_end(&json), "UserInput.v1", 0);
  snprintf(answer, sizeof answer, error ? "{\"error\":\"%s\"}" : "{\"id\":\"%s\"}", error ? astrid_errno_name(error) : id);
  int status = error == 0 ? 202 : error == ASTRID_EINVAL ? 400 : error == ASTRID_EAGAIN || error == ASTRID_EDQUOT ? 503 : 403;
  respond(caller, status, "application/json", answer, strlen(answer));
}

/* At once if there is something after what the caller has seen, else later. */
static void next(struct caller *caller) {
  static char events[RESPONSE_MAX - 512];
  size_t length = events_after(caller->after, events, sizeof events, caller->hold_until <= now_ms());
  if (length > 0) respond(caller, 200, "application/json", events, length);
}

static void route(struct caller *caller) {
  int get = is(caller->method, "GET"), post = is(caller->method, "POST");
  if (is(caller->path, "/")) {
    if (get) return respond(caller, 200, "text/html; charset=utf-8", page, sizeof page - 1);
    return respond(caller, 405, "text/plain", "GET only\n", 9);
  }
  if (is(caller->path, "/say")) {
    if (post) return say(caller);
    return respond(caller, 405, "text/plain", "POST only\n", 10);
  }
  if (is(caller->path, "/next") && get) {
    caller->waiting = 1;
    caller->hold_until = now_ms() + HOLD_MS;
    return next(caller);
  }
  respond(caller, 404, "text/plain", "There is nothing here.\n", 23);
}

static void accept_all(void) {
  for (;;) {
    int fd = accept4(LISTENER, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    struct caller *caller = add_caller(fd);
    if (!caller) close(fd);
  }
}

static int take_answers(void) {
  astrid_message message;
  int error;
  while (!(error = receive_into(&room, answers, &message))) add_event(&message);
  return error == ASTRID_EAGAIN ? 0 : fail("agent.*", error);
}

/* Fills in whom to wait for, and returns for how long. Who waits and sends no more cannot be polled: nothing can come of it. */
static int64_t watch(struct pollfd *polled, nfds_t *count) {
  int64_t wait = -1, now = now_ms();
  polled[0] = (struct pollfd){.fd = LISTENER, .events = POLLRDNORM};
  polled[1] = (struct pollfd){.fd = answers, .events = POLLRDNORM};
  *count = 2;
  for (int i = 0; i < caller_count; i++) {
    struct caller *caller = &callers[i];
    caller->place = caller->waiting && caller->ended ? 0 : *count;
    if (caller->place) polled[(*count)++] = (struct pollfd){.fd = caller->fd, .events = caller->sending ? POLLWRNORM : POLLRDNORM};
    if (!caller->waiting) continue;
    int64_t left = caller->hold_until > now ? caller->hold_until - now : 0;
    if (wait < 0 || left < wait) wait = left;
  }
  return wait;
}

/* Waits until something can be done, or the first that waits has waited long enough. */
static int turn(void) {
  static struct pollfd polled[2 + CALLERS_MAX];
  nfds_t count;
  int64_t wait = watch(polled, &count);
  if (poll(polled, count, (int)wait) < 0) return perror("webfront: poll"), 1;
  if (polled[1].revents && take_answers()) return 1;
  for (int i = caller_count - 1; i >= 0; i--) {
    struct caller *caller = &callers[i];
    if (caller->place && polled[caller->place].revents && !caller->sending && receive(caller)) route(caller);
    if (caller->waiting && !caller->sending) next(caller);
    if (caller->sending) send_on(caller);
    if (caller->gone) remove_caller(i);
  }
  if (polled[0].revents) accept_all();
  return 0;
}

int main(int argc, char **argv) {
  (void)argv;
  const char *given = getenv("LISTEN_FDS");
  if (argc > 1) return fputs("usage: webfront (with a listening socket as descriptor 3)\n", stderr), 2;
  if (!given || atoi(given) < 1) return fputs("webfront: it needs a socket to listen on, as descriptor 3, and LISTEN_FDS=1\n", stderr), 2;
  if (fcntl(LISTENER, F_SETFL, O_NONBLOCK) < 0) return perror("webfront: the listening socket"), 1;
  int error = astrid_subscribe("agent.*", NULL, &answers);
  if (error) return fail("agent.*", error);
  puts("ready"), fflush(stdout);
  while (!turn()) {}
  return 1;
}
