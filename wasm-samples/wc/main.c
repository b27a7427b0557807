/* wc [FILE…]: lines, words and bytes of each file, or of standard input, and their total. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../common/start.h"

typedef struct {
  unsigned long long lines, words, bytes;
} counts;

static char buffer[65536];

static int is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int count(int fd, counts *found) {
  ssize_t n;
  int in_word = 0;
  while ((n = read(fd, buffer, sizeof buffer)) > 0) {
    found->bytes += (unsigned long long)n;
    for (ssize_t i = 0; i < n; i++) {
      int space = is_space(buffer[i]);
      found->lines += buffer[i] == '\n';
      found->words += !space && !in_word;
      in_word = !space;
    }
  }
  return n < 0 ? -1 : 0;
}

static void print(counts found, const char *name) {
  printf("%8llu %8llu %10llu%s%s\n", found.lines, found.words, found.bytes, name[0] == '\0' ? "" : " ", name);
}

static int count_file(const char *path, counts *total) {
  counts found = {0, 0, 0};
  int fd = strcmp(path, "") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
  if (fd < 0 || count(fd, &found) < 0) {
    fprintf(stderr, "wc: %s: %s\n", path, strerror(errno));
    return 1;
  }
  if (fd != STDIN_FILENO) close(fd);
  print(found, path);
  total->lines += found.lines;
  total->words += found.words;
  total->bytes += found.bytes;
  return 0;
}

int main(int argc, char **argv) {
  enter_working_directory();
  counts total = {0, 0, 0};
  if (argc < 2) return count_file("", &total);
  int status = 0;
  for (int i = 1; i < argc; i++) status |= count_file(argv[i], &total);
  if (argc > 2) print(total, "total");
  return status;
}
