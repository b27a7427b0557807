/* spin: an endless loop that never calls its host. Only ending its worker stops it. */
#include <stdio.h>

static volatile unsigned long long turns;

int main(void) {
  puts("spinning; stop me");
  fflush(stdout);
  for (;;) turns++;
}
