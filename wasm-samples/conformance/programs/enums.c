/* Values that the specification does not have, where it has a closed set: inval. */
#include "rules.h"

RULE(clock_res_get_of_an_unknown_clock_is_inval) {
  uint64_t resolution;
  IS(clock_res_get(17, &resolution), E(INVAL));
  return 0;
}

RULE(clock_time_get_of_an_unknown_clock_is_inval) {
  uint64_t time;
  IS(clock_time_get(4, 0, &time), E(INVAL));
  IS(clock_time_get(-1, 0, &time), E(INVAL));
  return 0;
}

RULE(fd_seek_with_an_unknown_whence_is_inval) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS(seek(fd, 0, 3), -E(INVAL));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_advise_of_an_unknown_advice_is_inval) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS(fd_advise(fd, 0, 10, 6), E(INVAL));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(poll_oneoff_of_an_unknown_kind_is_inval) {
  __wasi_subscription_t subscription;
  __wasi_event_t event;
  size_t count;
  fill(&subscription, 0, sizeof subscription);
  subscription.u.tag = 9;
  IS(poll_oneoff(&subscription, &event, 1, &count), E(INVAL));
  return 0;
}

RULE(path_open_with_unknown_flags_is_inval) {
  IS(open_at(dir, "f", 1 << 10, READ_WRITE, 0), -E(INVAL));
  IS(open_at(dir, "f", CREAT, READ_WRITE, 1 << 10), -E(INVAL));
  return 0;
}

RULE(fd_fdstat_set_flags_with_unknown_flags_is_inval) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS(fd_fdstat_set_flags(fd, 1 << 10), E(INVAL));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(set_times_with_unknown_flags_is_inval) {
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS(fd_filestat_set_times(fd, 0, 0, 1 << 10), E(INVAL));
  IS(path_filestat_set_times(dir, 0, P("f"), 0, 0, 1 << 10), E(INVAL));
  IS(fd_close(fd), 0);
  return 0;
}
