/* upper [FILE…]: copies the files, or standard input, to standard output with ASCII letters in upper case.
   Each piece is written as soon as it was read, so that it also works line by line in a terminal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../common/start.h"

static char buffer[65536];

static int fail(const char *name) {
  fprintf(stderr, "upper: %s: %s\n", name, strerror(errno));
  return 1;
}

static int write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(STDOUT_FILENO, bytes, length);
    if (n < 0) return -1;
    bytes += n;
    length -= (size_t)n;
  }
  return 0;
}

static int copy(int fd, const char *name) {
  ssize_t n;
  while ((n = read(fd, buffer, sizeof buffer)) > 0) {
    for (ssize_t i = 0; i < n; i++) {
      if (buffer[i] >= 'a' && buffer[i] <= 'z') buffer[i] = (char)(buffer[i] - 'a' + 'A');
    }
    if (write_all(buffer, (size_t)n) < 0) return fail("standard output");
  }
  return n < 0 ? fail(name) : 0;
}

static int copy_file(const char *path) {
  if (strcmp(path, "-") == 0) return copy(STDIN_FILENO, "standard input");
  int fd = open(path, O_RDONLY);
  if (fd < 0) return fail(path);
  int status = copy(fd, path);
  close(fd);
  return status;
}

int main(int argc, char **argv) {
  enter_working_directory();
  if (argc < 2) return copy_file("-");
  int status = 0;
  for (int i = 1; i < argc; i++) status |= copy_file(argv[i]);
  return status;
}
