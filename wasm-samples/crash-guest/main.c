/* crash-guest: does to files what its standard input says, a line each, and says when it is done; see README.md. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 4096, FIELDS = 5, PIECE = 24000 };

static unsigned char piece[PIECE];

static uint32_t word_at(uint32_t seed, uint32_t index) {
  uint32_t h = seed + index * 0x9e3779b9u;
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

static void fill(uint32_t seed, size_t from, size_t length) {
  for (size_t i = 0; i < length; i++) {
    size_t at = from + i;
    piece[i] = (unsigned char)(word_at(seed, (uint32_t)(at / 4)) >> (at % 4 * 8));
  }
}

static int write_data(int fd, uint32_t seed, size_t length) {
  for (size_t done = 0; done < length;) {
    size_t want = length - done < PIECE ? length - done : PIECE;
    fill(seed, done, want);
    for (size_t part = 0; part < want;) {
      ssize_t n = write(fd, piece + part, want - part);
      if (n < 0) return -1;
      part += (size_t)n;
    }
    done += want;
  }
  return 0;
}

static int put(char **field, int flags, off_t offset) {
  int fd = open(field[1], O_WRONLY | O_CREAT | flags, 0666);
  if (fd < 0) return -1;
  if (offset > 0 && lseek(fd, offset, SEEK_SET) < 0) return -1;
  if (write_data(fd, (uint32_t)strtoul(field[2], NULL, 10), strtoul(field[3], NULL, 10)) < 0) return -1;
  return close(fd);
}

static int with_file(const char *path, int (*act)(int fd, const char *argument), const char *argument) {
  int fd = open(path, O_WRONLY);
  if (fd < 0 || act(fd, argument) < 0) return -1;
  return close(fd);
}

static int set_size(int fd, const char *size) { return ftruncate(fd, (off_t)strtoull(size, NULL, 10)); }

static int sync_it(int fd, const char *unused) {
  (void)unused;
  return fsync(fd);
}

static int perform(char **field) {
  const char *verb = field[0];
  if (!strcmp(verb, "put")) return put(field, O_TRUNC, 0);
  if (!strcmp(verb, "at")) return put(field, 0, (off_t)strtoull(field[4], NULL, 10));
  if (!strcmp(verb, "append")) return put(field, O_APPEND, 0);
  if (!strcmp(verb, "size")) return with_file(field[1], set_size, field[2]);
  if (!strcmp(verb, "sync")) return with_file(field[1], sync_it, NULL);
  if (!strcmp(verb, "mkdir")) return mkdir(field[1], 0777);
  if (!strcmp(verb, "rmdir")) return rmdir(field[1]);
  if (!strcmp(verb, "unlink")) return unlink(field[1]);
  if (!strcmp(verb, "rename")) return rename(field[1], field[2]);
  if (!strcmp(verb, "link")) return link(field[1], field[2]);
  if (!strcmp(verb, "symlink")) return symlink(field[1], field[2]);
  errno = EINVAL;
  return -1;
}

int main(void) {
  static char line[LINE];
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *field[FIELDS] = {"", "", "", "", ""};
    line[strcspn(line, "\n")] = '\0';
    char *rest = line;
    for (int i = 0; i < FIELDS && rest != NULL; i++) field[i] = strsep(&rest, "\t");
    if (perform(field) < 0) printf("error %s\n", strerror(errno));
    else puts("ok");
    fflush(stdout);
  }
  return 0;
}
