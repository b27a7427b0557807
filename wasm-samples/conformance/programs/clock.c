/* clock_res_get, clock_time_get. */
#include "rules.h"

static volatile double sink;

static void spin(void) {
  for (int i = 0; i < 3000000; i++) sink += i;
}

RULE(clock_res_get_is_positive_and_at_most_a_second) {
  for (int clock = 0; clock < 2; clock++) {
    uint64_t resolution = 0;
    IS(clock_res_get(clock, &resolution), 0);
    HOLDS(resolution > 0 && resolution <= 1000000000);
  }
  return 0;
}

RULE(clock_time_get_realtime_is_after_2020_and_before_2100) {
  int64_t time = now(0);
  HOLDS(time > 1577836800000000000 && time < 4102444800000000000);
  return 0;
}

RULE(clock_time_get_monotonic_never_goes_back_and_moves) {
  int64_t before = now(1), first = before;
  for (int i = 0; i < 10000; i++) {
    int64_t after = now(1);
    HOLDS(after >= before);
    before = after;
  }
  spin();
  HOLDS(now(1) > first);
  return 0;
}

RULE(clock_time_get_takes_any_precision) {
  uint64_t time;
  IS(clock_time_get(1, 0, &time), 0);
  IS(clock_time_get(1, INT64_MAX, &time), 0);
  IS(clock_time_get(1, -1, &time), 0);
  return 0;
}

RULE(clock_time_get_cpu_time_counts_running) {
  for (int clock = 2; clock < 4; clock++) {
    int64_t before = now(clock);
    HOLDS(before >= 0);
    spin();
    HOLDS(now(clock) > before);
  }
  return 0;
}
