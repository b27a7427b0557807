/* writer PATH MIB [--sync | --sync-each]: writes a file of MIB MiB in blocks of 64 KiB.
   --sync calls fd_sync once at the end; --sync-each after every MiB, and then says "synced K", so that whoever kills it
   knows what must be there. writer --check PATH tells how much of a file is right: word i (64 bits, little-endian)
   is i × 0x9e3779b97f4a7c15, so every block differs from every other and no compression hides its cost. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../common/start.h"

enum { BLOCK = 65536, WORDS = BLOCK / 8, MIB_BLOCKS = 16 };

static uint64_t block[WORDS];

static uint64_t word_at(uint64_t index) { return index * 0x9e3779b97f4a7c15u; }

static int fail(const char *what) {
  fprintf(stderr, "writer: %s: %s\n", what, strerror(errno));
  return 1;
}

static int write_block(int fd, uint64_t number) {
  for (uint64_t i = 0; i < WORDS; i++) block[i] = word_at(number * WORDS + i);
  for (size_t done = 0; done < BLOCK;) {
    ssize_t n = write(fd, (char *)block + done, BLOCK - done);
    if (n < 0) return -1;
    done += (size_t)n;
  }
  return 0;
}

static int write_file(const char *path, uint64_t mib, int sync_end, int sync_each) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) return fail(path);
  for (uint64_t number = 0; number < mib * MIB_BLOCKS; number++) {
    if (write_block(fd, number) < 0) return fail(path);
    if (!sync_each || number % MIB_BLOCKS != MIB_BLOCKS - 1) continue;
    if (fsync(fd) < 0) return fail("fd_sync");
    printf("synced %llu\n", (unsigned long long)(number / MIB_BLOCKS + 1));
    fflush(stdout);
  }
  if (sync_end && fsync(fd) < 0) return fail("fd_sync");
  if (close(fd) < 0) return fail(path);
  printf("wrote %llu MiB to %s\n", (unsigned long long)mib, path);
  return 0;
}

static int check_file(const char *path) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) return fail(path);
  uint64_t index = 0, wrong = 0;
  size_t kept = 0;
  ssize_t n;
  while ((n = read(fd, (char *)block + kept, BLOCK - kept)) > 0) {
    size_t whole = (kept + (size_t)n) / 8;
    for (size_t i = 0; i < whole; i++) wrong += block[i] != word_at(index++);
    kept = (kept + (size_t)n) % 8;
    memmove(block, block + whole, kept);
  }
  if (n < 0) return fail(path);
  printf("%llu bytes, %llu wrong words\n", (unsigned long long)(index * 8 + kept), (unsigned long long)wrong);
  return wrong == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  enter_working_directory();
  if (argc == 3 && strcmp(argv[1], "--check") == 0) return check_file(argv[2]);
  const char *option = argc > 3 ? argv[3] : "";
  int sync_end = strcmp(option, "--sync") == 0, sync_each = strcmp(option, "--sync-each") == 0;
  if (argc < 3 || argc > 4 || (argc == 4 && !sync_end && !sync_each)) {
    fputs("usage: writer PATH MIB [--sync | --sync-each]\n       writer --check PATH\n", stderr);
    return 2;
  }
  return write_file(argv[1], strtoull(argv[2], NULL, 10), sync_end, sync_each);
}
