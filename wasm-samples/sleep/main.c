/* sleep SECONDS: waits that long (a decimal fraction is allowed) in one poll_oneoff, and prints nothing. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv) {
  char *end = NULL;
  double seconds = argc == 2 ? strtod(argv[1], &end) : -1;
  if (!(seconds >= 0 && seconds < 1e9) || end == argv[1] || *end != '\0') {
    fputs("usage: sleep SECONDS\n", stderr);
    return 2;
  }
  double whole = floor(seconds);
  struct timespec time = {.tv_sec = (time_t)whole, .tv_nsec = (long)((seconds - whole) * 1e9)};
  if (nanosleep(&time, NULL) == 0) return 0;
  fprintf(stderr, "sleep: %s\n", strerror(errno));
  return 1;
}
