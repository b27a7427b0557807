/* poll_oneoff. Standard input is a pipe that has ended. */
#include "rules.h"

#define MS 1000000ll

static __wasi_subscription_t subscriptions[600];
static __wasi_event_t events[600];

static void clock_at(int at, uint64_t id, int clock, int64_t timeout, int flags) {
  fill(&subscriptions[at], 0, sizeof *subscriptions);
  subscriptions[at].userdata = id;
  subscriptions[at].u.tag = __WASI_EVENTTYPE_CLOCK;
  subscriptions[at].u.u.clock.id = (uint32_t)clock;
  subscriptions[at].u.u.clock.timeout = (uint64_t)timeout;
  subscriptions[at].u.u.clock.flags = (uint16_t)flags;
}

static void fd_at(int at, uint64_t id, int type, int fd) {
  fill(&subscriptions[at], 0, sizeof *subscriptions);
  subscriptions[at].userdata = id;
  subscriptions[at].u.tag = (uint8_t)type;
  subscriptions[at].u.u.fd_read.file_descriptor = fd;
}

/* Events; -errno. */
static int poll(int count) {
  size_t happened = 0;
  fill(events, 0x55, sizeof events);
  int error = poll_oneoff(subscriptions, events, count, &happened);
  return error ? -error : (int)happened;
}

RULE(poll_oneoff_of_nothing_is_inval) {
  IS(poll(0), -E(INVAL));
  return 0;
}

RULE(poll_oneoff_relative_clock_waits_that_long) {
  for (int clock = 0; clock < 2; clock++) {
    int64_t before = now(1);
    clock_at(0, 77, clock, 20 * MS, 0);
    IS(poll(1), 1);
    HOLDS(now(1) - before >= 19 * MS);
    IS(events[0].userdata, 77);
    IS(events[0].type, __WASI_EVENTTYPE_CLOCK);
    IS(events[0].error, 0);
  }
  return 0;
}

RULE(poll_oneoff_absolute_clock_waits_until_then) {
  for (int clock = 0; clock < 2; clock++) {
    int64_t until = now(clock) + 20 * MS;
    clock_at(0, 1, clock, until, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    IS(poll(1), 1);
    HOLDS(now(clock) >= until - MS);
  }
  return 0;
}

RULE(poll_oneoff_absolute_clock_in_the_past_is_at_once) {
  int64_t before = now(1);
  clock_at(0, 1, 0, 1000, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  IS(poll(1), 1);
  HOLDS(now(1) - before < 2000 * MS);
  return 0;
}

RULE(poll_oneoff_wakes_for_the_nearest_of_many_clocks) {
  for (int i = 0; i < 600; i++) clock_at(i, (uint64_t)i, 1, (i == 300 ? 10 : 5000) * MS, 0);
  IS(poll(600), 1);
  IS(events[0].userdata, 300);
  return 0;
}

RULE(poll_oneoff_of_a_file_is_ready_at_once_before_any_clock) {
  IS(make_file(dir, "f", "12345"), 0);
  int fd = open_at(dir, "f", 0, READ_WRITE, 0);
  fd_at(0, 10, __WASI_EVENTTYPE_FD_READ, fd);
  fd_at(1, 11, __WASI_EVENTTYPE_FD_WRITE, fd);
  clock_at(2, 12, 1, 5000 * MS, 0);
  IS(poll(3), 2);
  IS(events[0].userdata + events[1].userdata, 21);
  for (int i = 0; i < 2; i++) {
    IS(events[i].error, 0);
    IS(events[i].type, events[i].userdata == 10 ? __WASI_EVENTTYPE_FD_READ : __WASI_EVENTTYPE_FD_WRITE);
  }
  IS(fd_close(fd), 0);
  return 0;
}

RULE(poll_oneoff_tells_of_a_bad_descriptor_in_its_event_or_at_all) {
  fd_at(0, 5, __WASI_EVENTTYPE_FD_READ, 999);
  clock_at(1, 6, 1, 5000 * MS, 0);
  int happened = poll(2);
  if (happened == -E(BADF)) return 0;
  IS(happened, 1);
  IS(events[0].userdata, 5);
  IS(events[0].error, E(BADF));
  IS(events[0].type, __WASI_EVENTTYPE_FD_READ);
  return 0;
}

RULE(poll_oneoff_of_standard_output_is_ready) {
  fd_at(0, 1, __WASI_EVENTTYPE_FD_WRITE, 1);
  clock_at(1, 2, 1, 5000 * MS, 0);
  IS(poll(2), 1);
  IS(events[0].userdata, 1);
  IS(events[0].error, 0);
  return 0;
}

RULE(poll_oneoff_of_input_that_has_ended_is_ready) {
  fd_at(0, 1, __WASI_EVENTTYPE_FD_READ, 0);
  clock_at(1, 2, 1, 5000 * MS, 0);
  IS(poll(2), 1);
  IS(events[0].userdata, 1);
  return 0;
}

RULE(poll_oneoff_takes_the_same_subscription_twice) {
  clock_at(0, 1, 1, 5 * MS, 0);
  clock_at(1, 1, 1, 5 * MS, 0);
  IS(poll(2), 2);
  return 0;
}
