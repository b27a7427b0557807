/* environ_get, environ_sizes_get. The runner passes GREETING=hello world, EMPTY=, and EQUALS=a=b. */
#include "rules.h"

static const char *const wanted[] = {"GREETING=hello world", "EMPTY=", "EQUALS=a=b"};

RULE(environ_get_gives_name_equals_value_ended_by_nul) {
  char *variables[64], buffer[4096];
  uint32_t count = 0, bytes = 0;
  IS(environ_sizes_get(&count, &bytes), 0);
  HOLDS(count >= 3 && count <= 64 && bytes < sizeof buffer);
  fill(buffer, 'x', sizeof buffer);
  IS(environ_get(variables, buffer), 0);
  for (int i = 0; i < 3; i++) {
    int found = 0;
    for (uint32_t at = 0; at < count; at++) {
      found += length(variables[at]) == length(wanted[i]) && equal(variables[at], wanted[i], length(wanted[i]));
    }
    IS(found, 1);
  }
  IS(buffer[bytes - 1], 0);
  IS(buffer[bytes], 'x');
  return 0;
}
