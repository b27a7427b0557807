/* args_get, args_sizes_get. The runner passes: argument zero, "one", "two words", "", "\u00fc\u6f22". */
#include "rules.h"

static const char *const wanted[] = {"one", "two words", "", "\xc3\xbc\xe6\xbc\xa2"};
#define COUNT 5

RULE(args_sizes_get_counts_arguments_and_bytes_with_their_ends) {
  uint32_t count = 0, bytes = 0;
  IS(args_sizes_get(&count, &bytes), 0);
  IS(count, COUNT);
  uint32_t least = 0;
  for (int i = 0; i < COUNT - 1; i++) least += (uint32_t)length(wanted[i]) + 1;
  HOLDS(bytes > least);
  return 0;
}

RULE(args_get_gives_every_argument_ended_by_nul_one_after_the_other) {
  char *arguments[COUNT], buffer[4096];
  uint32_t count = 0, bytes = 0;
  IS(args_sizes_get(&count, &bytes), 0);
  fill(buffer, 'x', sizeof buffer);
  IS(args_get(arguments, buffer), 0);
  for (int i = 1; i < COUNT; i++) {
    IS(length(arguments[i]), length(wanted[i - 1]));
    HOLDS(equal(arguments[i], wanted[i - 1], length(wanted[i - 1])));
    IS(arguments[i] - arguments[i - 1], length(arguments[i - 1]) + 1);
  }
  IS(arguments[0] - buffer, 0);
  IS(buffer[bytes], 'x');
  return 0;
}
