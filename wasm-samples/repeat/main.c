/* repeat [--mib N] [TEXT…]: prints a numbered flood of the text, line by line, forever or until N MiB were printed.
   Lines are gathered into writes of about 16 KiB. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, BATCH = 16384 };

static char line[LINE_MAX_BYTES + 1];
static char batch[BATCH + LINE_MAX_BYTES];

static size_t make_line(char **words, int count) {
  size_t length = 0;
  for (int i = 0; i < count; i++) {
    size_t room = LINE_MAX_BYTES - 1 - length;
    int n = snprintf(line + length, room, "%s%s", i == 0 ? "" : " ", words[i]);
    length += (size_t)n < room ? (size_t)n : room - 1;
  }
  line[length++] = '\n';
  return length;
}

static void put(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(STDOUT_FILENO, bytes, length);
    if (n < 0) {
      fprintf(stderr, "repeat: %s\n", strerror(errno));
      exit(1);
    }
    bytes += n;
    length -= (size_t)n;
  }
}

int main(int argc, char **argv) {
  static char word[] = "y";
  static char *const fallback[] = {word};
  unsigned long long left = ~0ull;
  int first = 1;
  if (argc > 2 && strcmp(argv[1], "--mib") == 0) {
    left = strtoull(argv[2], NULL, 10) << 20;
    first = 3;
  }
  size_t length = argc > first ? make_line(argv + first, argc - first) : make_line((char **)fallback, 1);
  size_t filled = 0;
  while (filled < BATCH) {
    memcpy(batch + filled, line, length);
    filled += length;
  }
  for (; left >= filled; left -= left == ~0ull ? 0 : filled) put(batch, filled);
  put(batch, (size_t)left / length * length);
  return 0;
}
