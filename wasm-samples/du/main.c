/* du [-abchksm] [-d DEPTH] [FILE...]: how much the files below a directory hold. Preview 1 does not tell how much room files
   take on a disk, so sizes are of their bytes, in whole units of 1 KiB unless asked otherwise. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/start.h"

static const char usage[] =
    "usage: du [-abchkms] [-d DEPTH] [FILE...]\n"
    "Prints how much the files below each directory hold, by their sizes, in KiB. -a: also each file. -s: only what was named.\n"
    "-d: directories down to this depth. -c: a total at the end. -b in bytes, -m in MiB, -h in what is easy to read.\n";

static int all, total, human, depth_max = INT_MAX, status;
static uint64_t unit = 1024;
static char path[PATH_MAX];

/* Files with several names count once. An open hash table of device and inode, doubled as it fills. */
static struct seen {
  uint64_t device, inode;
  int used;
} *seen;
static size_t seen_size, seen_count;

static void *must(void *memory) {
  if (memory == NULL) {
    fputs("du: out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

static struct seen *slot(uint64_t device, uint64_t inode) {
  size_t at = (size_t)((inode * 0x9e3779b97f4a7c15u + device) >> 32) & (seen_size - 1);
  while (seen[at].used && (seen[at].device != device || seen[at].inode != inode)) at = (at + 1) & (seen_size - 1);
  return &seen[at];
}

static void grow(void) {
  struct seen *before = seen;
  size_t size = seen_size;
  seen_size = size == 0 ? 64 : size * 2;
  seen = must(calloc(seen_size, sizeof *seen));
  for (size_t i = 0; i < size; i++) if (before[i].used) *slot(before[i].device, before[i].inode) = before[i];
  free(before);
}

/* Whether this is the first of the names of a file. */
static int first_name(const struct stat *info) {
  if (info->st_nlink < 2 || S_ISDIR(info->st_mode)) return 1;
  if (seen_count * 2 >= seen_size) grow();
  struct seen *found = slot(info->st_dev, info->st_ino);
  if (found->used) return 0;
  *found = (struct seen){info->st_dev, info->st_ino, 1};
  seen_count++;
  return 1;
}

static void fail(void) {
  fflush(stdout);
  fprintf(stderr, "du: cannot read '%s': %s\n", path, strerror(errno));
  status = 1;
}

static void print(uint64_t bytes, const char *name) {
  static const char units[] = "KMGTP";
  if (!human) {
    printf("%llu\t%s\n", (unsigned long long)((bytes + unit - 1) / unit), name);
    return;
  }
  /* Rounded up, one digit after the point below ten. */
  uint64_t tenths = bytes * 10, step = 1;
  int at = -1;
  while ((tenths + step - 1) / step >= 10240 && at < 4) step *= 1024, at++;
  uint64_t shown = (tenths + step - 1) / step;
  if (at < 0) printf("%llu\t%s\n", (unsigned long long)bytes, name);
  else if (shown < 100) printf("%llu.%llu%c\t%s\n", (unsigned long long)(shown / 10), (unsigned long long)(shown % 10), units[at], name);
  else printf("%llu%c\t%s\n", (unsigned long long)((shown + 9) / 10), units[at], name);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Names in a directory, sorted; null at the end. The caller frees them. Null, with errno, if it cannot be read. */
static char **names_in(const char *directory) {
  DIR *stream = opendir(directory);
  if (stream == NULL) return NULL;
  size_t count = 0, size = 0;
  char **names = NULL;
  struct dirent *entry;
  while (errno = 0, (entry = readdir(stream)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (count + 2 > size) names = must(realloc(names, (size = size == 0 ? 64 : size * 2) * sizeof *names));
    names[count++] = must(strdup(entry->d_name));
  }
  if (errno != 0) fail();
  closedir(stream);
  if (names == NULL) names = must(calloc(1, sizeof *names));
  names[count] = NULL;
  qsort(names, count, sizeof *names, by_name);
  return names;
}

/* Directories being measured, one in another. On the heap, as the stack is small and directories may be deep. */
static struct level {
  char **names;
  size_t next;
  /* Of its path, in `path`. */
  size_t length;
  uint64_t bytes;
} *levels;
static size_t levels_size, depth;
static uint64_t sum;

/* What was measured is a part of the directory around it, and printed if it was asked for. */
static void settle(uint64_t bytes, int directory) {
  if (depth == 0) sum += bytes;
  else levels[depth - 1].bytes += bytes;
  if (depth == 0 || (depth <= (size_t)depth_max && (directory || all))) print(bytes, path);
}

/* Measures what `path` names, or goes into it. Links are not followed. */
static void visit(void) {
  struct stat info;
  if (lstat(path, &info) < 0) {
    fail();
    return;
  }
  if (!first_name(&info)) return;
  if (!S_ISDIR(info.st_mode)) {
    settle(S_ISREG(info.st_mode) || S_ISLNK(info.st_mode) ? (uint64_t)info.st_size : 0, 0);
    return;
  }
  char **names = names_in(path);
  if (names == NULL) {
    fail();
    return;
  }
  if (depth == levels_size) levels = must(realloc(levels, (levels_size = levels_size == 0 ? 16 : levels_size * 2) * sizeof *levels));
  levels[depth++] = (struct level){names, 0, strlen(path), 0};
}

/* The next name of the innermost directory, put behind its path. False if there is none. */
static int next_path(void) {
  struct level *top = &levels[depth - 1];
  path[top->length] = '\0';
  char *name = top->names[top->next];
  if (name == NULL) return 0;
  top->next++;
  size_t room = sizeof path - top->length;
  const char *slash = path[top->length - 1] == '/' ? "" : "/";
  int added = snprintf(path + top->length, room, "%s%s", slash, name);
  free(name);
  if (added >= 0 && (size_t)added < room) return 1;
  path[top->length] = '\0';
  errno = ENAMETOOLONG;
  fail();
  return next_path();
}

static void measure(void) {
  visit();
  while (depth > 0) {
    if (next_path()) {
      visit();
      continue;
    }
    depth--;
    free(levels[depth].names);
    settle(levels[depth].bytes, 1);
  }
}

static int number(const char *text) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == '\0' || *end != '\0' || value < 0 || value > INT_MAX) {
    fprintf(stderr, "du: invalid depth '%s'\n", text);
    exit(1);
  }
  return (int)value;
}

static void read_options(int argc, char **argv) {
  static const struct option options[] = {
      {"all", no_argument, NULL, 'a'},         {"bytes", no_argument, NULL, 'b'},      {"total", no_argument, NULL, 'c'},
      {"max-depth", required_argument, NULL, 'd'}, {"human-readable", no_argument, NULL, 'h'}, {"summarize", no_argument, NULL, 's'},
      {"help", no_argument, NULL, 'H'},        {NULL, 0, NULL, 0}};
  int option;
  while ((option = getopt_long(argc, argv, "abcd:hkms", options, NULL)) != -1) {
    switch (option) {
      case 'a': all = 1; break;
      case 'b': unit = 1, human = 0; break;
      case 'c': total = 1; break;
      case 'd': depth_max = number(optarg); break;
      case 'h': human = 1; break;
      case 'k': unit = 1024, human = 0; break;
      case 'm': unit = 1024 * 1024, human = 0; break;
      case 's': depth_max = 0; break;
      case 'H': fputs(usage, stdout); exit(0);
      default: fputs(usage, stderr); exit(1);
    }
  }
}

int main(int argc, char **argv) {
  static char *here[] = {".", NULL};
  enter_working_directory();
  read_options(argc, argv);
  for (char **name = optind < argc ? argv + optind : here; *name != NULL; name++) {
    if (**name == '\0' || strlen(*name) >= sizeof path) {
      fprintf(stderr, "du: cannot read '%s': %s\n", *name, strerror(**name == '\0' ? ENOENT : ENAMETOOLONG));
      status = 1;
      continue;
    }
    strcpy(path, *name);
    measure();
  }
  if (total) print(sum, "total");
  if (fflush(stdout) != 0) return perror("du"), 1;
  return status;
}
