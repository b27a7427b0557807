/* random_get, sched_yield. */
#include "rules.h"

RULE(random_get_fills_all_of_the_buffer_and_nothing_beyond) {
  static unsigned char bytes[70002];
  int seen[256] = {0}, kinds = 0;
  bytes[0] = bytes[70001] = 0xa5;
  IS(random_get(bytes + 1, 70000), 0);
  for (int i = 1; i <= 70000; i++) kinds += seen[bytes[i]]++ == 0;
  IS(kinds, 256);
  IS(bytes[0], 0xa5);
  IS(bytes[70001], 0xa5);
  int zeros = 0;
  for (int i = 60001; i <= 70000; i++) zeros += bytes[i] == 0;
  HOLDS(zeros < 200);
  return 0;
}

RULE(random_get_is_not_the_same_twice) {
  unsigned char one[32], other[32];
  IS(random_get(one, 32), 0);
  IS(random_get(other, 32), 0);
  HOLDS(!equal(one, other, 32));
  return 0;
}

RULE(random_get_of_nothing_is_no_error) {
  IS(random_get((void *)8, 0), 0);
  return 0;
}

RULE(sched_yield_succeeds) {
  IS(sched_yield(), 0);
  return 0;
}
