/* manyfiles DIRECTORY N [--delete]: makes the directory if it is not there, and in it N small files 000000.txt …;
   with --delete, removes them again and then the directory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/start.h"

static int fail(const char *path) {
  fprintf(stderr, "manyfiles: %s: %s\n", path, strerror(errno));
  return 1;
}

static int make(const char *path, long number) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return -1;
  fprintf(file, "file %ld\n", number);
  return fclose(file);
}

int main(int argc, char **argv) {
  enter_working_directory();
  int delete = argc == 4 && strcmp(argv[3], "--delete") == 0;
  if (argc < 3 || (argc == 4 && !delete)) {
    fputs("usage: manyfiles DIRECTORY N [--delete]\n", stderr);
    return 2;
  }
  long count = strtol(argv[2], NULL, 10);
  if (!delete && mkdir(argv[1], 0777) < 0 && errno != EEXIST) return fail(argv[1]);
  for (long i = 0; i < count; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%06ld.txt", argv[1], i);
    if ((delete ? unlink(path) : make(path, i)) < 0) return fail(path);
  }
  if (delete && rmdir(argv[1]) < 0) return fail(argv[1]);
  printf("%s %ld files in %s\n", delete ? "deleted" : "made", count, argv[1]);
  return 0;
}
